import { readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const lockSchema = z.object({ pid: z.number(), hostname: z.string() });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Only a lock of this machine whose process is gone: of another machine's nothing can be known. */
const isStale = (file: string): boolean => {
  try {
    const lock = lockSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return lock.success && lock.data.hostname === os.hostname() && !isAlive(lock.data.pid);
  } catch {
    return false; // gone meanwhile, or half written: its owner is at work
  }
};

/**
 * Removes the locks that killed runs of Pulumi have left on a stack, so that the next run goes on where they ended.
 * For file backends: other ones are locked by their service. Returns how many there were.
 */
export const removeStaleLocks = (backendUrl: string | undefined, project: string, stack: string): number => {
  if (backendUrl?.startsWith("file://") !== true) return 0;
  // "file://~" and "file://./x" are Pulumi's own forms; a lock there is told about by Pulumi.
  if (!backendUrl.startsWith("file:///")) return 0;
  const folder = path.join(fileURLToPath(backendUrl), ".pulumi", "locks", "organization", project, stack);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return 0; // never locked
  }
  const stale = names
    .map((name) => path.join(folder, name))
    .filter((file) => file.endsWith(".json") && isStale(file));
  for (const file of stale) for (const each of [file, `${file}.attrs`]) rmSync(each, { force: true });
  return stale.length;
};

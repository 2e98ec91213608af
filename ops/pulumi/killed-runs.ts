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

const filesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).map((name) => path.join(folder, name));
  } catch {
    return []; // there was no run yet
  }
};

/** The backend writes attributes beside each file, and not in one go: without any it reads on, with half of them not. */
const attributes = ".attrs";

const isTorn = (file: string): boolean => {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return false;
  } catch (error) {
    return error instanceof SyntaxError;
  }
};

/**
 * Removes what killed runs of Pulumi have left of a stack and would stop the next one: their locks, and attributes of
 * the state of which only a part was written ("failed to load checkpoint: EOF"). For file backends: other ones are
 * locked by their service. Returns how many there were.
 */
export const clearAfterKilledRuns = (
  backendUrl: string | undefined,
  project: string,
  stack: string,
): number => {
  // "file://~" and "file://./x" are Pulumi's own forms; what is left there is told about by Pulumi.
  if (backendUrl?.startsWith("file:///") !== true) return 0;
  const root = path.join(fileURLToPath(backendUrl), ".pulumi");
  const locks = filesIn(path.join(root, "locks", "organization", project, stack)).filter(
    (file) => file.endsWith(".json") && isStale(file),
  );
  const states = filesIn(path.join(root, "stacks", project)).filter((file) =>
    path.basename(file).startsWith(`${stack}.json`),
  );
  const torn = [...states, path.join(root, `meta.yaml${attributes}`)].filter(
    (file) => file.endsWith(attributes) && isTorn(file),
  );
  for (const file of locks) for (const each of [file, `${file}${attributes}`]) rmSync(each, { force: true });
  for (const file of torn) rmSync(file, { force: true });
  return locks.length + torn.length;
};

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The per-user cache: FLYMON_CACHE, else XDG_CACHE_HOME/flymon, else ~/.cache/flymon. Everything in it is keyed by
 * version or content, so that clones of different ages share it in peace.
 */
export const cacheFolder = (env: NodeJS.ProcessEnv): string =>
  env["FLYMON_CACHE"] || path.join(env["XDG_CACHE_HOME"] || path.join(os.homedir(), ".cache"), "flymon");

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const holder = (lock: string): number => {
  try {
    return Number(readFileSync(lock, "utf8")) || 0;
  } catch {
    return 0; // released meanwhile
  }
};

const tryLock = (lock: string): boolean => {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    // A process killed half-way leaves its lock behind; nobody else will take it away.
    if (!alive(holder(lock))) rmSync(lock, { force: true });
    return false;
  }
};

/**
 * Makes the folder `target` once, whoever asks for it at the same time: `fill` writes into a folder aside, which is
 * renamed when complete, so `target` is never seen half-made. A second process waits for the first instead of
 * building the same for minutes beside it.
 */
export const makeOnce = async (target: string, fill: (aside: string) => Promise<void>): Promise<void> => {
  if (existsSync(target)) return;
  mkdirSync(path.dirname(target), { recursive: true });
  const lock = `${target}.lock`;
  while (!tryLock(lock)) await sleep(200);
  const aside = `${target}.${String(process.pid)}.partial`;
  try {
    if (existsSync(target)) return;
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside);
    await fill(aside);
    renameSync(aside, target);
  } finally {
    rmSync(aside, { recursive: true, force: true });
    rmSync(lock, { force: true });
  }
};

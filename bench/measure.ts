import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** One run of a command: how long it took, and the most memory it and its children held together. */
export interface Run {
  readonly seconds: number;
  /** MiB; undefined where /proc does not tell. */
  readonly peakMemory: number | undefined;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Children by parent, from /proc. */
const processTree = (): ReadonlyMap<number, number[]> => {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The name may hold spaces and brackets; the parent is the second field after it.
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
    } catch {
      // ended meanwhile
    }
  }
  return children;
};

/** Proportional memory of a process and all below it, in MiB: shared pages count once. */
const memoryOf = (root: number): number => {
  const children = processTree();
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(root).reduce((sum, pid) => {
    try {
      const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
      return sum + Number(pss ?? 0) / 1024;
    } catch {
      return sum;
    }
  }, 0);
};

/** Runs a command to its end. Throws with its output when it fails: a failed run is no measurement. */
export const run = async ({ file, args, cwd, env }: Command, watchMemory = false): Promise<Run> => {
  const started = performance.now();
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));

  let peakMemory: number | undefined;
  const { pid } = child;
  // Looking costs time itself, so runs are either timed or watched.
  const watch =
    watchMemory && process.platform === "linux" && pid !== undefined
      ? setInterval(() => (peakMemory = Math.max(peakMemory ?? 0, memoryOf(pid))), 50)
      : undefined;
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => {
    clearInterval(watch);
  });
  if (code !== 0)
    throw new Error(`${[file, ...args].join(" ")} ended with ${String(code)}:\n${output.slice(-4_000)}`);
  return { seconds: (performance.now() - started) / 1_000, peakMemory };
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

/**
 * Times the commands side by side: one of each a round, so that whatever else the machine does strikes all alike.
 * The first round warms caches and does not count.
 */
export const sideBySide = async <Name extends string>(
  commands: Readonly<Record<Name, Command>>,
  rounds: number,
  tell: (text: string) => void,
): Promise<Record<Name, number[]>> => {
  const names = Object.keys(commands) as Name[];
  const seconds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const result = await run(commands[name]);
      if (round > 0) seconds[name].push(result.seconds);
    }
    tell(round === 0 ? "warmed" : `round ${round} of ${rounds}`);
  }
  return seconds;
};

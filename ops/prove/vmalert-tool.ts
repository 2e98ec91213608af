import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { remember } from "../processes";
import type { World } from "./worlds";
import { rulesName } from "./worlds";

/** Expectations that were not met: the engine's words, by the key of group and alertname. */
export type Failures = ReadonlyMap<string, readonly string[]>;

export const failureKey = (group: string, alert: string): string => `${group} ${alert}`;

const unmet = /groupname: (.+), alertname: (\S+), time: (\S+), /;

/** Reads the engine's report. Each unmet expectation begins with a line that names group, alert and time. */
const failuresIn = (output: string): Failures => {
  const failures = new Map<string, string[]>();
  for (const part of output.split(/(?=groupname: )/)) {
    const [, group, alert, time] = unmet.exec(part) ?? [];
    if (group === undefined || alert === undefined || time === undefined) continue;
    const key = failureKey(group, alert);
    failures.set(key, [...(failures.get(key) ?? []), `at ${time}: ${part.replace(unmet, "").trim()}`]);
  }
  return failures;
};

export interface Tool {
  readonly file: string;
  /** For rules, proofs and the engine's store; the caller removes it. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Plays one world through in the engine. An engine that ends without a verdict is a Failure. */
export const play = async (
  world: World,
  index: number,
  { file, folder, signal }: Tool,
): Promise<Failures> => {
  const own = path.join(folder, String(index));
  mkdirSync(own, { recursive: true });
  // JSON is YAML, and is written in a tenth of the time.
  writeFileSync(path.join(own, rulesName), JSON.stringify(world.rules));
  writeFileSync(path.join(own, "proof.yaml"), JSON.stringify(world.proof));
  const child = execa(file, ["unittest", "--files=proof.yaml"], {
    cwd: own,
    env: { TMPDIR: own },
    all: true,
    stdin: "ignore",
    reject: false,
    cancelSignal: signal,
    detached: true,
  });
  remember(child.pid, child);
  const { exitCode, all } = await child;
  signal.throwIfAborted();
  const failures = failuresIn(all);
  if ((exitCode === 0) === (failures.size === 0)) return failures;
  throw new Failure(
    exitCodes.unexpected,
    `vmalert-tool gave no verdict on ${world.name}:\n${all.split("\n").slice(-15).join("\n")}`,
  );
};

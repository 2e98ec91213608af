import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { clearAfterKilledRuns } from "../../ops/pulumi/killed-runs";
import { processesAround } from "./checkout";
import { withStack, type Run, type Running, type StackOptions, type TestStack } from "./engine";
import { programOf, projectOf, type DeclaredResource } from "./resource-suite";
import { startSlowRelay, type SlowRelay } from "./slow-relay";
import { seededRandom } from "./virtual-clock";

// What a real `pulumi up` leaves behind when it is killed in the midst of its calls, and what the next one makes of it.

const kill = "kill -9 of the CLI";
const killAll = "kill -9 of all its processes";
const interrupt = "Ctrl-C";
type Way = typeof kill | typeof killAll | typeof interrupt;

/** Each begins with nothing, ends runs in these ways one after the other, and lets the next come to its end. */
const trials: readonly (readonly Way[])[] = [
  [killAll, interrupt, kill],
  [interrupt, kill, interrupt],
];

export interface KilledStack {
  /** @param turn counts how often all was made and destroyed, for names that cannot be had again */
  readonly resources: (turn: number) => readonly DeclaredResource[];
  /** The service, whose calls are made slow. */
  readonly service: () => {
    readonly apiUrl: string;
    /** @param url where the service is reached */
    readonly stackOptions: (as: undefined, url: string) => StackOptions;
  };
  /** What is at the service, without what is different each time it is made. */
  readonly things: () => Promise<readonly string[]>;
}

/** Of each way, ms. */
const latencyMs = 40;

const end = (way: Way, stack: TestStack, cli: Running): void => {
  // Plugins are in process groups of their own: a terminal's Ctrl-C reaches the CLI alone.
  cli.kill(way === interrupt ? "SIGINT" : "SIGKILL");
  if (way !== killAll) return;
  for (const command of processesAround(stack.scratch)) {
    try {
      process.kill(Number(command.split(" ")[0]), "SIGKILL");
    } catch {
      // It has ended in this moment.
    }
  }
};

/** An up that is killed a while after so many calls. @returns false where it came to its end before */
const killedUp = async (
  way: Way,
  stack: TestStack,
  relay: SlowRelay,
  when: { readonly calls: number; readonly ms: number },
): Promise<boolean> => {
  relay.calls = 0;
  const { process: cli, finished } = stack.start("up");
  const isOver = await Promise.race([
    finished.then(() => true),
    relay.reached(when.calls).then(() => pause(when.ms, false)),
  ]);
  if (!isOver) end(way, stack, cli);
  await finished;
  await expect.poll(() => processesAround(stack.scratch), { timeout: 15_000 }).toEqual([]);
  await relay.quiet();
  clearAfterKilledRuns(stack.env["PULUMI_BACKEND_URL"], "engine-test", stack.name);
  return !isOver;
};

const must = async (run: Promise<Run>, what: string): Promise<void> => {
  const { exitCode, output } = await run;
  expect(exitCode, `${what}:\n${output}`).toBe(0);
};

const twins = (things: readonly string[]): readonly string[] =>
  things.filter((thing, index) => things.indexOf(thing) !== index);

const onStack = async (
  stack: TestStack,
  relay: SlowRelay,
  { things, resources }: KilledStack,
  random: () => number,
): Promise<number> => {
  const before = await things();
  const destroy = async (): Promise<void> => {
    await must(stack.destroy(), "destroy");
    expect(await things()).toEqual(before);
  };
  // What it is like when nobody kills it.
  await must(stack.up(), "the first up");
  const whole = await things();
  const { calls } = relay;
  expect(twins(whole)).toEqual([]);
  await destroy();

  let killed = 0;
  for (const [trial, ways] of trials.entries()) {
    const course: string[] = [];
    let missing = 1;
    stack.rewrite(programOf(resources(trial + 1)));
    for (const way of ways) {
      // What is there already takes few calls.
      const when = { calls: 1 + Math.floor(random() * calls * missing), ms: random() * 2 * latencyMs };
      course.push(`${way} after ${when.calls} calls`);
      if (await killedUp(way, stack, relay, when)) killed += 1;
      const now = await things();
      missing = (whole.length - now.length) / (whole.length - before.length);
      const strange = now.filter((thing) => !whole.includes(thing));
      expect({ course, doubly: twins(now), strange }).toEqual({ course, doubly: [], strange: [] });
    }
    const after = `after ${course.join(", ")}`;
    await must(stack.up(), `up ${after}`);
    expect({ course, things: await things() }).toEqual({ course, things: whole });
    // The engine keeps the creates that it knows nothing of until they are cleared, as `flymon refresh` does.
    await must(stack.refresh("--clear-pending-creates", "--expect-no-changes"), `refresh ${after}`);
    await must(stack.preview("--diff", "--expect-no-changes"), `preview ${after}`);
    expect((await stack.export()).text).not.toContain("pending_operations");
    await destroy();
  }
  return killed;
};

/** @returns how many of six runs were killed before they came to their end */
const killRuns = async (killed: KilledStack, seed: number): Promise<number> => {
  const { apiUrl, stackOptions } = killed.service();
  const fate = seededRandom(seed + 1);
  const relay = await startSlowRelay(new URL(apiUrl).origin, latencyMs, () => fate() < 0.5);
  try {
    return await withStack(
      projectOf(killed.resources(0)),
      (stack) => onStack(stack, relay, killed, seededRandom(seed)),
      stackOptions(undefined, relay.urlOf(apiUrl)),
    );
  } finally {
    await relay.stop();
  }
};

/** The test of one service's resources. @param seed says when each run is killed */
export const killSuite = (killed: KilledStack, seed: number): void => {
  it("a killed up leaves nothing behind that the next one does not take up", async () => {
    expect(await killRuns(killed, seed)).toBeGreaterThanOrEqual(5);
  });
};

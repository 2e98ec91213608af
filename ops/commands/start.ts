import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { UptimeBackend } from "../../infra/model/uptime-names";
import { backendTitles } from "../../infra/model/uptime-names";
import { ensureToolchain } from "../../toolchain/setup";
import type { ExitCode } from "../exit-codes";
import { exitCodes } from "../exit-codes";
import { asError, explain } from "../failure";
import { killAll } from "../processes";
import { step } from "../../toolchain/progress";
import type { Child } from "../start/child";
import { untilHealthy } from "../start/gatus";
import { listenForInterruption, type Interruption } from "../start/interruption";
import { untilSeenWell } from "../start/outside";
import type { Pages } from "../start/pages";
import { pagesOf } from "../start/pages";
import type { Sandbox } from "../start/sandbox";
import { startSandbox, timeDivisor } from "../start/sandbox";
import { breakApps, mendApps, type TimelineRow } from "../start/scenario";
import type { SandboxStack } from "../start/stack";
import { makeSandboxStack } from "../start/stack";
import { summaryTable, timelineTable } from "../start/tables";
import { print, printJson, say } from "../talk";

export interface StartOptions {
  readonly once?: boolean;
  /** Who watches from outside; Gatus where not given. */
  readonly uptime?: UptimeBackend;
  readonly json?: boolean;
}

interface World {
  readonly uptime: UptimeBackend;
  readonly sandbox: Sandbox;
  readonly stack: SandboxStack;
  readonly pages: Pages;
}

/** What is to be undone, in the order in which it was made. */
type Undo = (() => Promise<void>)[];

const healthyWithin = 60_000;

/** What `up` runs and what judges its files; the proofs' player is not among them. */
const engines = [
  ...(["pulumi", "gatus", "victoria-metrics", "vmalert", "alertmanager", "amtool"] as const),
  "json_exporter",
] as const;

/** The run ends when the child does. */
const watch = (child: Child, interruption: Interruption, undo: Undo): void => {
  let stopping = false;
  void child.ended.then((how) => {
    if (!stopping) interruption.end(new Error(how));
  });
  undo.push(() => {
    stopping = true;
    return child.stop();
  });
};

const bringUp = async (
  uptime: UptimeBackend,
  folder: string,
  interruption: Interruption,
  undo: Undo,
): Promise<World> => {
  const { signal } = interruption;
  const toolchain = await ensureToolchain({ only: engines });
  signal.throwIfAborted();
  const { sandbox, stack } = await step(
    "Start the sandbox: Fly with the apps, and Slack, on this machine",
    async () => {
      const started = await startSandbox(uptime, signal, path.join(folder, "sandbox.log"));
      watch(started.child, interruption, undo);
      return { sandbox: started, stack: await makeSandboxStack(toolchain, started, folder, uptime) };
    },
  );
  undo.push(() => step("Remove all that up has made (pulumi destroy)", (note) => stack.run("destroy", note)));
  await step("Apply the fleet, guarded by the policies (pulumi up)", (note) =>
    stack.run("up", note, [], signal),
  );
  const pages = await pagesOf(sandbox, stack, uptime);
  await step(`Wait until ${backendTitles[uptime]} sees all healthy`, () =>
    uptime === "gatus"
      ? untilHealthy(pages.outside, stack.polled, healthyWithin, signal)
      : untilSeenWell(sandbox, uptime, healthyWithin, signal),
  );
  return { uptime, sandbox, stack, pages };
};

const addressesOf = ({ sandbox, pages, stack }: World) => ({
  slack: sandbox.slack.page,
  inbox: sandbox.inbox.page,
  ...pages,
  control: `${sandbox.control.url}/`,
  files: stack.output,
});

const tell = (world: World): void => {
  const { slack, inbox, outside, vmalert, alertmanager, metrics, journal, user, password, control, files } =
    addressesOf(world);
  print(summaryTable(world.stack.summary));
  print(`Time runs ${String(timeDivisor)} times as fast here: what is asked every 60s is asked every 2s.\n`);
  print(`Slack:            ${slack}  (channels and messages as they arrive)`);
  print(`Inbox:            ${inbox}  (e-mails, on-call calls, the heartbeat)`);
  print(`${`${backendTitles[world.uptime]}:`.padEnd(18)}${outside}  (what is watched from outside)`);
  print(`vmalert:          ${vmalert}  (rules and alerts)`);
  print(`Alertmanager:     ${alertmanager}  (who is told, what is silent)`);
  print(`Metrics:          ${metrics}  (queries)`);
  print(`Journal:          ${journal}`);
  print(`                  These four ask: user ${user}, password ${password}`);
  print(`Fly:              ${control}fly  (apps, machines, checks)`);
  print(`Switches:         ${control}  (break an app here and watch Slack)`);
  print(`Generated files:  ${files}`);
};

const runScenario = async (
  world: World,
  interruption: Interruption,
  since: number,
  json: boolean,
): Promise<void> => {
  const { signal } = interruption;
  const { sandbox, stack, uptime } = world;
  const scenario = { sandbox, summary: stack.summary, uptime, signal };
  // Beside the rest: no fault changes what is declared.
  const secondPreview = world.stack.run("preview", () => undefined, ["--expect-no-changes"], signal);
  secondPreview.catch(() => undefined); // told below, where it is waited for
  let timeline: readonly TimelineRow[];
  try {
    const broken = await step("Break two apps and wait for the critical messages", () => breakApps(scenario));
    timeline = await step("Mend them and wait for the recoveries", () => mendApps(scenario, broken));
    await step("Prove that a second preview shows no changes", () => secondPreview);
  } catch (error) {
    // Destroy must not meet a preview that is still at work.
    interruption.end(asError(error));
    await secondPreview.catch(() => undefined);
    throw error;
  }
  const seconds = Math.round((Date.now() - since) / 100) / 10;
  if (json) printJson({ timeline, secondPreview: "no changes", seconds });
  else print(`\n${timelineTable(timeline)}`);
};

const untilInterrupted = ({ signal }: Interruption): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else {
      signal.addEventListener(
        "abort",
        () => {
          resolve();
        },
        { once: true },
      );
    }
  });

const undoAll = async (undo: Undo): Promise<readonly Error[]> => {
  const failures: Error[] = [];
  for (const each of undo.toReversed()) {
    try {
      await each();
    } catch (error) {
      failures.push(asError(error));
    }
  }
  return failures;
};

/**
 * `flymon start`: the whole fleet with its monitoring on this machine. Stays until Ctrl-C; with `once` it breaks two
 * apps, waits for messages and recoveries, and ends. Either way nothing is left behind.
 */
export const start = async ({
  once = false,
  uptime = "gatus",
  json = false,
}: StartOptions): Promise<ExitCode> => {
  const since = Date.now();
  const folder = await mkdtemp(path.join(os.tmpdir(), "flymon-sandbox-"));
  const removeFolder = (): void => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  const interruption = listenForInterruption(() => {
    killAll();
    removeFolder();
    process.exit(exitCodes.interrupted);
  });
  const undo: Undo = [
    () => {
      removeFolder();
      return Promise.resolve();
    },
  ];
  const failures: Error[] = [];
  let isUp = false;
  try {
    const world = await bringUp(uptime, folder, interruption, undo);
    if (once) {
      if (!json) tell(world);
      await runScenario(world, interruption, since, json);
    } else {
      if (json) printJson({ summary: world.stack.summary, addresses: addressesOf(world) });
      else tell(world);
      isUp = true;
      say("\nPress Ctrl-C to end; that removes all of it again.");
      await untilInterrupted(interruption);
      interruption.signal.throwIfAborted();
    }
  } catch (error) {
    // What made the run end is the reason; what failed because of it is not.
    const { signal } = interruption;
    failures.push(asError(signal.aborted ? signal.reason : error));
  }
  if (interruption.signal.aborted) say("Ending; a second Ctrl-C ends at once.");
  failures.push(...(await undoAll(undo)));
  interruption.close();

  const [reason] = failures;
  if (reason === undefined) {
    say(`Done in ${((Date.now() - since) / 1_000).toFixed(1)} s.`);
    return exitCodes.done;
  }
  const { exitCode } = explain(reason, false);
  if (isUp && exitCode === exitCodes.interrupted && failures.length === 1) return exitCodes.done;
  throw reason;
};

import { setInterval } from "node:timers";
import { execa } from "execa";
import type { Alertmanager, Silence } from "../alertmanager/client";
import { matcherWords } from "../alertmanager/client";
import type { Wish } from "../alertmanager/silences";
import { ended, endingAt, silenced } from "../alertmanager/silences";
import { declaredFleet } from "../declared-fleet";
import { exitCodes } from "../exit-codes";
import { asError, Failure } from "../failure";
import { plainTable } from "../plain-table";
import { print, printJson, say } from "../talk";
import { askedBy, durationOf, matchersFor, reach, silenceBounds } from "./silence-target";

/** Of all commands that speak to Alertmanager. */
export interface AlertmanagerOptions {
  readonly stack: string;
  readonly alertmanager?: string;
  readonly json?: boolean;
}

export interface SilenceOptions extends AlertmanagerOptions {
  readonly app: string;
  readonly alert?: string;
  readonly processGroup?: string;
  readonly severity?: string;
  readonly for: string;
  readonly settle: string;
  readonly reason: string;
  readonly by?: string;
}

/** A silence as `--json` shows it. */
export const shown = ({ id, status, matchers, startsAt, endsAt, createdBy, comment }: Silence): object => ({
  id,
  state: status.state,
  matchers: matcherWords(matchers),
  startsAt,
  endsAt,
  by: createdBy,
  reason: comment,
});

/** "2026-03-01 14:05:00 UTC" */
export const clock = (time: string): string =>
  new Date(time)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");

/** 128 and the signal's number, as shells say it. */
const signalNumbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs a command as if it had been called itself; signals reach it, and it decides when it ends. */
const run = async ([file = "", ...args]: readonly string[]): Promise<number> => {
  const child = execa(file, args, { stdio: "inherit", reject: false, cleanup: false });
  const pass = (signal: NodeJS.Signals): void => {
    // A terminal has sent its Ctrl-C to the command as well, and a second one means "at once" to many.
    if (!(signal === "SIGINT" && process.stdin.isTTY)) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, pass);
  try {
    const { exitCode, signal, code, originalMessage } = await child;
    if (exitCode !== undefined) return exitCode;
    if (signal !== undefined) return 128 + (signalNumbers[signal] ?? 0);
    say(
      `${file}: ${code === "ENOENT" ? "there is no such command" : (originalMessage ?? "it did not start")}`,
    );
    return code === "ENOENT" ? 127 : 126; // as shells say it
  } finally {
    for (const signal of signals) process.removeListener(signal, pass);
  }
};

/**
 * Silent while a command runs, and until its app has settled. The silence is short and renewed: whatever happens to
 * this process, the alerts are back within the time that was given.
 */
const aroundCommand = async (
  alertmanager: Alertmanager,
  wish: Wish,
  command: readonly string[],
  { forMs, settleMs }: { readonly forMs: number; readonly settleMs: number },
): Promise<number> => {
  let { silence } = await silenced(alertmanager, wish);
  say(`Silence ${silence.id}: ${matcherWords(silence.matchers)}, while the command runs.`);
  let renewing: Promise<void> = Promise.resolve();
  const move = async (ms: number): Promise<void> => {
    try {
      silence = await endingAt(alertmanager, silence, new Date(Date.now() + ms));
    } catch (error) {
      say(`${asError(error).message}\nThe silence ends by itself at ${clock(silence.endsAt)}.`);
    }
  };
  const timer = setInterval(() => {
    renewing = renewing.then(() => move(forMs));
  }, forMs / 2);
  let code: number;
  try {
    code = await run(command);
  } finally {
    clearInterval(timer);
    await renewing;
  }
  if (settleMs > 0) await move(settleMs);
  else
    await ended(alertmanager, silence.id).catch((error: unknown) => {
      say(asError(error).message);
    });
  if (settleMs > 0) say(`The silence ends at ${clock(silence.endsAt)}.`);
  return code;
};

/** `flymon silence`: nobody hears of an app for a while, or while a command runs. Gives that command's exit code. */
export const silence = async (
  options: SilenceOptions,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> => {
  if (command.length > 0 && options.json) {
    throw new Failure(
      exitCodes.usage,
      "--json: standard output is the command's; list silences with `flymon silence list --json`.",
    );
  }
  const fleet = declaredFleet(options.stack);
  const forMs = durationOf("for", options.for, silenceBounds);
  const settleMs = durationOf("settle", options.settle, { min: "0s", max: silenceBounds.max });
  const alertmanager = reach(fleet, options.alertmanager, env);
  const wish: Wish = {
    matchers: matchersFor(fleet, options),
    createdBy: askedBy(options.by, env),
    comment: options.reason,
    endsAt: new Date(Date.now() + forMs),
  };
  if (command.length > 0) return aroundCommand(alertmanager, wish, command, { forMs, settleMs });
  const { silence: made, isAdopted } = await silenced(alertmanager, wish);
  if (options.json) printJson({ ...shown(made), adopted: isAdopted });
  else {
    print(made.id);
    say(
      `${isAdopted ? "There is one already" : "Silent"} until ${clock(made.endsAt)}: ${matcherWords(made.matchers)}`,
    );
  }
  return exitCodes.done;
};

/** `flymon silence list`: what is silent now, or will be. */
export const silenceList = async (options: AlertmanagerOptions, env: NodeJS.ProcessEnv): Promise<number> => {
  const all = await reach(declaredFleet(options.stack), options.alertmanager, env).silences();
  const now = all
    .filter(({ status }) => status.state !== "expired")
    .toSorted((a, b) => Date.parse(a.endsAt) - Date.parse(b.endsAt));
  if (options.json) printJson({ stack: options.stack, silences: now.map(shown) });
  else if (now.length === 0) say("Nothing is silenced.");
  else {
    print(
      plainTable(
        ["id", "state", "alerts", "until", "by", "reason"],
        now.map(({ id, status, matchers, endsAt, createdBy, comment }) => [
          id,
          status.state,
          matcherWords(matchers),
          clock(endsAt),
          createdBy,
          comment,
        ]),
      ),
    );
  }
  return exitCodes.done;
};

/** `flymon silence end ID`: alerts are heard again. */
export const silenceEnd = async (
  id: string,
  options: AlertmanagerOptions,
  env: NodeJS.ProcessEnv,
): Promise<number> => {
  const alertmanager = reach(declaredFleet(options.stack), options.alertmanager, env);
  if (!(await ended(alertmanager, id))) {
    throw new Failure(
      exitCodes.usage,
      `There is no silence ${JSON.stringify(id)}; \`flymon silence list\` names them.`,
    );
  }
  if (options.json) printJson({ id, ended: true });
  else say(`Silence ${id} has ended.`);
  return exitCodes.done;
};

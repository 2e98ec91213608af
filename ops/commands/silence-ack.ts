import { setTimeout as pause } from "node:timers/promises";
import { limits } from "../../infra/model/limits";
import { divided, milliseconds } from "../../infra/model/units";
import { step } from "../../toolchain/progress";
import type { Alertmanager, Silence, SilenceMatcher } from "../alertmanager/client";
import { matcherWords, Unanswered } from "../alertmanager/client";
import { ended, silenced } from "../alertmanager/silences";
import { declaredFleet } from "../declared-fleet";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { listenForInterruption } from "../start/interruption";
import { print, printJson, say } from "../talk";
import type { AlertmanagerOptions } from "./silence";
import { clock, shown } from "./silence";
import { askedBy, durationOf, matchersFor, reach } from "./silence-target";

export interface AckOptions extends AlertmanagerOptions {
  readonly app: string;
  readonly alert: string;
  readonly processGroup?: string;
  readonly for: string;
  readonly reason?: string;
  readonly by?: string;
  readonly detach?: boolean;
}

type End = "recovered" | "taken back" | "over";

/** Waits until nothing of it fires, or until the silence is over; does without Alertmanager where it is away. */
const untilOver = async (
  alertmanager: Alertmanager,
  silence: Silence,
  matchers: readonly SilenceMatcher[],
  everyMs: number,
  signal: AbortSignal,
): Promise<End> => {
  for (;;) {
    try {
      if ((await alertmanager.firing(matchers)).length === 0) return "recovered";
      const now = await alertmanager.silence(silence.id);
      if (now?.status.state !== "active") {
        return Date.now() >= Date.parse(silence.endsAt) - 1_000 ? "over" : "taken back";
      }
    } catch (error) {
      if (!(error instanceof Unanswered) || Date.now() >= Date.parse(silence.endsAt)) throw error;
    }
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
};

const words: Readonly<Record<End, string>> = {
  recovered: "It has recovered; whoever was told of it is told of that.",
  "taken back": "Somebody has taken the acknowledgement back; the ladder goes on.",
  over: "The acknowledgement is over and it still fires: the ladder goes on.",
};

/**
 * `flymon ack`: somebody works on an incident, so nobody else is told of it. Stays until the incident has recovered
 * and ends the silence then, so that the recovery is told and the next incident is heard; `--detach` leaves at once.
 */
export const ack = async (options: AckOptions, env: NodeJS.ProcessEnv): Promise<number> => {
  const fleet = declaredFleet(options.stack);
  const matchers = matchersFor(fleet, options);
  const forMs = durationOf("for", options.for, {
    min: limits.alerting.silence.min,
    max: limits.alerting.acknowledgement,
  });
  const alertmanager = reach(fleet, options.alertmanager, env);
  const firing = await alertmanager.firing(matchers);
  if (firing.length === 0) {
    throw new Failure(
      exitCodes.refused,
      `Nothing fires of ${matcherWords(matchers)}: there is nothing to acknowledge.`,
    );
  }
  const by = askedBy(options.by, env);
  const { silence, isAdopted } = await silenced(alertmanager, {
    matchers,
    createdBy: by,
    comment: `Acknowledged by ${by}${options.reason === undefined ? "" : `: ${options.reason}`}`,
    endsAt: new Date(Date.now() + forMs),
  });
  if (options.json)
    printJson({ ...shown(silence), adopted: isAdopted, alerts: firing.map(({ labels }) => labels) });
  else {
    print(silence.id);
    const count = firing.length === 1 ? "1 alert" : `${String(firing.length)} alerts`;
    say(
      `Acknowledged by ${by}: ${count} of ${matcherWords(matchers)}. Nobody is told until ${clock(silence.endsAt)}.`,
    );
  }
  if (options.detach) return exitCodes.done;

  const interruption = listenForInterruption(() => process.exit(exitCodes.interrupted));
  try {
    const everyMs = milliseconds(divided("15s", fleet.settings.timeDivisor));
    const end = await step("Wait for the recovery (Ctrl-C leaves, and the acknowledgement holds)", () =>
      untilOver(alertmanager, silence, matchers, everyMs, interruption.signal),
    );
    if (end === "recovered") await ended(alertmanager, silence.id);
    say(words[end]);
    return exitCodes.done;
  } finally {
    interruption.close();
  }
};

import type { Clock } from "../clock";
import { slackCode } from "./failures";

// Slack promises nowhere that a read shows what was written a moment ago. That something is not shown therefore only
// counts once it has not been shown for some seconds; that covers also what is still on its way to Slack.

const pausesMs = [1_000, 3_000];

interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What a look finds; undefined only where looks over some seconds find nothing. */
export const lookForSure = async <Thing>(
  { clock, signal }: Waiting,
  look: () => Promise<Thing | undefined>,
): Promise<Thing | undefined> => {
  for (const pause of pausesMs) {
    const found = await look();
    if (found !== undefined) return found;
    await clock.sleep(pause, signal);
  }
  return look();
};

/** Reads again, over some seconds, where Slack answers one of these codes. */
export const readForSure = async <Answer>(
  { clock, signal }: Waiting,
  codes: readonly string[],
  read: () => Promise<Answer>,
): Promise<Answer> => {
  for (const pause of pausesMs) {
    try {
      return await read();
    } catch (error) {
      if (!codes.includes(slackCode(error) ?? "")) throw error;
      await clock.sleep(pause, signal);
    }
  }
  return read();
};

import type { SlackClient } from "./client";
import { isAnswerLost } from "./failures";

/** What is lost on the way to Slack may still arrive for a moment. */
const settlingMs = 1_000;

/**
 * Makes something of which Slack would make a second one without a word (a message, a bookmark): it is looked up
 * before, which finds what a killed run has left behind, and looked up again whenever the answer was lost.
 */
export const createOnce = async <Thing>(
  slack: SlackClient,
  attempted: string,
  find: () => Promise<Thing | undefined>,
  make: () => Promise<Thing>,
): Promise<{ readonly thing: Thing; readonly adopted: boolean }> => {
  const before = await find();
  if (before !== undefined) return { thing: before, adopted: true };
  for (let isLastTry = false; ; isLastTry = true) {
    try {
      return { thing: await make(), adopted: false };
    } catch (error) {
      if (!isAnswerLost(error)) throw slack.explained(error, attempted);
      await slack.clock.sleep(settlingMs, slack.signal);
      const made = await find();
      if (made !== undefined) return { thing: made, adopted: false };
      if (isLastTry) throw slack.explained(error, attempted);
    }
  }
};

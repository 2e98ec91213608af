import { lookForSure } from "./behind";
import type { SlackClient } from "./client";
import { mayBeMade } from "./failures";

/**
 * Makes something of which Slack would make a second one without a word (a message, a bookmark): it is looked up
 * before, which finds what a killed run has left behind, and looked up again whenever the answer was lost, for as long as
 * Slack may take to show it.
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
      if (!mayBeMade(error)) throw slack.explained(error, attempted);
      const made = await lookForSure(slack, find);
      if (made !== undefined) return { thing: made, adopted: false };
      if (isLastTry) throw slack.explained(error, attempted);
    }
  }
};

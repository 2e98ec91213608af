import { messageOf, PartialFailure } from "../errors";
import type { SlackClient } from "./client";
import { slackCode } from "./failures";
import type { MessageInputs, MessageState } from "./message";
import { blocksOf, contentOf, digestOf, type MessageContent } from "./message-content";
import { markOf, type ShownMessage } from "./message-history";
import { placeId } from "./place";

// What a message says and whether it is pinned, against what is declared.

/**
 * Brings a message that is there in line, each part only where it differs.
 * @param now what the message says
 * @param prior the state; a part is written also where that differs, since `now` may be what was there before
 * @throws PartialFailure with the state as it is then, when Slack refuses some of it or the run is interrupted
 */
export const settleMessage = async (
  slack: SlackClient,
  message: ShownMessage,
  now: MessageState,
  declared: MessageInputs,
  prior: MessageState = now,
): Promise<MessageState> => {
  const { channelId, name, title } = declared;
  const { ts } = message;
  const reasons: string[] = [];
  let state = now;
  const step = async (change: () => Promise<Partial<MessageState>>): Promise<void> => {
    try {
      state = { ...state, ...(await change()) };
    } catch (error) {
      reasons.push(messageOf(error));
    }
  };

  const saysElse = (known: MessageState): boolean =>
    digestOf(known) !== digestOf(declared) || known.name !== name;
  if (saysElse(now) || saysElse(prior)) {
    await step(async () => {
      const answer = await slack.call({
        method: "chat.update",
        attempted: `changing the message "${title}"`,
        send: (web) =>
          web.chat.update({
            channel: channelId,
            ts,
            text: title,
            blocks: blocksOf(declared),
            metadata: markOf(name),
          }),
      });
      const { text, links } = declared;
      return { name, title, text, links, digest: shownDigest(answer.message?.blocks, declared) };
    });
  }
  if (now.pinned !== declared.pinned || prior.pinned !== declared.pinned) {
    await step(async () => {
      await (declared.pinned ? pin : unpin)(slack, channelId, ts, title);
      return { pinned: declared.pinned };
    });
  }
  if (reasons.length > 0) throw new PartialFailure(placeId({ channelId, item: ts }), state, reasons);
  return state;
};

/** Of what Slack has made of it; where its answer shows nothing, of what was sent. */
const shownDigest = (blocks: readonly object[] | undefined, sent: MessageContent): string =>
  digestOf(blocks === undefined ? sent : contentOf(blocks));

const pin = async (slack: SlackClient, channel: string, timestamp: string, title: string): Promise<void> => {
  const attempted = `pinning the message "${title}"`;
  try {
    await slack.raw({
      method: "pins.add",
      attempted,
      send: (web) => web.pins.add({ channel, timestamp }),
    });
  } catch (error) {
    if (slackCode(error) !== "already_pinned") throw slack.explained(error, attempted);
  }
};

const unpin = async (
  slack: SlackClient,
  channel: string,
  timestamp: string,
  title: string,
): Promise<void> => {
  const attempted = `unpinning the message "${title}"`;
  try {
    await slack.raw({
      method: "pins.remove",
      attempted,
      send: (web) => web.pins.remove({ channel, timestamp }),
    });
  } catch (error) {
    if (!["no_pin", "not_pinned"].includes(slackCode(error) ?? "")) throw slack.explained(error, attempted);
  }
};

import { z } from "zod";

// Inputs that several kinds have.

export const channelIdSchema = z
  .string("must be the channel's id, as text")
  .regex(/^[CG][A-Z0-9]{7,}$/, "must be a channel's id such as C0123ABCD, not its name")
  .describe("Slack's id of the channel: the output channelId of a flymon:slack:Channel.");

/** A link as Slack takes it: nothing in it may end a link early in a message. */
export const httpUrl = (longest: number): z.ZodType<string> =>
  z
    .url({ protocol: /^https?$/, error: "must be a URL that begins with https:// or http://" })
    .max(longest, `must have at most ${longest} characters`)
    .regex(/^[^\s|<>]+$/, "must hold no spaces and none of |, < and >: write %7C, %3C and %3E");

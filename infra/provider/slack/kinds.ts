import type { ResourceKind } from "../resource";
import { bookmarkKind } from "./bookmark";
import { channelKind } from "./channel";
import { systemSlackWorld, type SlackWorld } from "./client";
import { messageKind } from "./message";

/** Every kind of resource that is kept in Slack. */
export const slackKinds = (world: SlackWorld = systemSlackWorld): readonly ResourceKind[] => [
  channelKind(world),
  bookmarkKind(world),
  messageKind(world),
];

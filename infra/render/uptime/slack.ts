import type { Settings } from "../../model/settings";

/** Where a bot posts its messages. */
export const slackPostUrl = ({ slackApiUrl }: Pick<Settings, "slackApiUrl">): string =>
  `${slackApiUrl.replace(/\/$/, "")}/chat.postMessage`;

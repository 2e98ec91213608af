import { severities } from "../../infra/model/severity";
import { slackChannelName, slackLimits } from "../../infra/model/slack-limits";
import type { ExitCode } from "../exit-codes";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { post } from "../slack/drill-post";
import { print } from "../talk";

export interface DrillOptions {
  /** With or without its leading "#". */
  readonly channel: string;
  /** Comma-separated. */
  readonly severities: string;
}

/** "info", "info and warning", "info, warning and critical" */
const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;

const readChannel = (text: string): string => {
  const name = text.replace(/^#/, "");
  if (slackChannelName.test(name) && name.length <= slackLimits.channelName) return name;
  throw new Failure(
    exitCodes.usage,
    `--channel ${JSON.stringify(text)}: a channel's name has 1 to ${String(slackLimits.channelName)} of a-z, 0-9, - and _.`,
  );
};

const readSeverities = (text: string): string[] => {
  const words = text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
  const unknown = words.filter((word) => !severities.some((severity) => severity === word));
  if (words.length > 0 && unknown.length === 0) return words;
  throw new Failure(
    exitCodes.usage,
    `--severities ${JSON.stringify(text)}: name one or more of ${severities.join(", ")}, with commas between.`,
  );
};

const readApiUrl = (text: string): string => {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? "")) return text;
  throw new Failure(
    exitCodes.refused,
    `SLACK_API_URL ${JSON.stringify(text)} is not the address of Slack's Web API.`,
  );
};

/** `flymon drill`: posts once to a channel and checks Slack's answer, so that a route is known to arrive. */
export const drill = async (options: DrillOptions, env: NodeJS.ProcessEnv): Promise<ExitCode> => {
  const channel = readChannel(options.channel);
  const routed = listed(readSeverities(options.severities));
  const apiUrl = readApiUrl(env["SLACK_API_URL"] || "https://slack.com/api/");
  const token = env["SLACK_BOT_TOKEN"];
  if (!token) {
    throw new Failure(
      exitCodes.remote,
      `Slack (${new URL(apiUrl).host}): drill in #${channel}: no bot token is set.\n    mend:    \`export SLACK_BOT_TOKEN=xoxb-...\` or \`pulumi config set --secret flymon:slackToken xoxb-...\``,
    );
  }
  await post(
    { apiUrl, token },
    channel,
    `Drill: ${routed} alerts of HotDash arrive in this channel. Nothing is wrong.`,
  );
  print(`Slack took the drill for ${routed} alerts in #${channel}.`);
  return exitCodes.done;
};

import { z } from "zod";
import { checkProperties, type CheckResult } from "./check";
import type { Properties } from "./properties";

/** What the provider is configured with: `pulumi config set flymon:KEY`, or the environment. */
export interface Configuration {
  /** Slack bot token; `undefined` is fine until something must be applied. */
  readonly slackToken: string | undefined;
  /** Base of Slack's Web API, ending in "/". */
  readonly slackApiUrl: string;
}

/** The configuration's keys, in one place: what each means, and which environment variable stands in for it. */
export const configurationKeys = {
  slackToken: {
    environment: "SLACK_BOT_TOKEN",
    secret: true,
    description:
      "Slack bot token (xoxb-...), with the scopes channels:manage, channels:read, channels:join, chat:write, chat:write.public",
  },
  slackApiUrl: {
    environment: "SLACK_API_URL",
    secret: false,
    description: "Base URL of Slack's Web API, https://slack.com/api/ by default",
  },
} as const;

const schema = z.strictObject({
  slackToken: z
    .string("must be a text: the bot token")
    .regex(/^\S+$/, "must be a token without spaces or line breaks")
    .optional(),
  slackApiUrl: z
    .url({ protocol: /^https?$/, error: "must be a URL, such as https://slack.com/api/" })
    .optional(),
});

// The engine adds these to every provider's configuration.
const engineKeys: ReadonlySet<string> = new Set(["version", "pluginDownloadURL", "parameterization"]);

const ownKeys = (values: Properties): Properties =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !engineKeys.has(key) && !key.startsWith("__")));

/** Every key that is unknown, of the wrong type or malformed. */
export const checkConfiguration = (values: Properties): CheckResult =>
  checkProperties(schema, ownKeys(values), "the provider flymon");

const text = (value: Properties[string]): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** The configuration in force: the provider's own keys first, then the environment, then the defaults. */
export const readConfiguration = (
  values: Properties,
  environment: { readonly [name: string]: string | undefined },
): Configuration => {
  const key = (name: keyof typeof configurationKeys): string | undefined =>
    text(values[name]) ?? text(environment[configurationKeys[name].environment]);
  const url = key("slackApiUrl") ?? "https://slack.com/api/";
  return { slackToken: key("slackToken"), slackApiUrl: url.endsWith("/") ? url : `${url}/` };
};

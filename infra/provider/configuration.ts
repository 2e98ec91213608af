import { z } from "zod";
import { checkProperties, type CheckResult } from "./check";
import type { Properties } from "./properties";

/** What the provider is configured with: `pulumi config set flymon:KEY`, or the environment. */
export interface Configuration {
  /** Slack bot token; `undefined` is fine until something must be applied. */
  readonly slackToken: string | undefined;
  /** Base of Slack's Web API, ending in "/". */
  readonly slackApiUrl: string;
  /** Token for Fly's Machines API; `undefined` is fine until machines must be looked at. */
  readonly flyToken: string | undefined;
  /** Base of the Machines API without /v1 and without a slash at its end. */
  readonly flyApiUrl: string;
  /** Token for Better Stack's Uptime API; `undefined` is fine until something must be applied. */
  readonly betterStackToken: string | undefined;
  /** Base of that API without a slash at its end. */
  readonly betterStackApiUrl: string;
  /** The team that new things belong to, where the token is one of all teams. */
  readonly betterStackTeam: string | undefined;
  /** UptimeRobot's main API key; `undefined` is fine until something must be applied. */
  readonly uptimeRobotToken: string | undefined;
  /** Base of its API with /v3 and without a slash at its end. */
  readonly uptimeRobotApiUrl: string;
  /** The account's plan; where it is not known, only UptimeRobot refuses what the plan does not include. */
  readonly uptimeRobotPlan: string | undefined;
  /** Sentry's token; `undefined` is fine until something must be applied. */
  readonly sentryToken: string | undefined;
  /** Base of its API with /api/0 and without a slash at its end. */
  readonly sentryApiUrl: string;
}

/** The configuration's keys, in one place: what each means, and which environment variables stand in for it. */
export const configurationKeys = {
  slackToken: {
    environment: ["SLACK_BOT_TOKEN"],
    secret: true,
    description:
      "Slack bot token (xoxb-...), with the scopes channels:manage, channels:read, channels:join, chat:write, chat:write.public",
  },
  slackApiUrl: {
    environment: ["SLACK_API_URL"],
    secret: false,
    description: "Base URL of Slack's Web API, https://slack.com/api/ by default",
  },
  flyToken: {
    environment: ["FLY_API_TOKEN", "FLY_ACCESS_TOKEN"],
    secret: true,
    description:
      "Token that may change machines: `fly tokens create deploy` for one app, `fly tokens create org` for all",
  },
  flyApiUrl: {
    environment: ["FLY_FLAPS_BASE_URL", "FLY_API_HOSTNAME"],
    secret: false,
    description: "Base URL of Fly's Machines API, https://api.machines.dev by default",
  },
  betterStackToken: {
    environment: ["BETTERSTACK_API_TOKEN"],
    secret: true,
    description: "Better Stack Uptime API token, of one team or of all",
  },
  betterStackApiUrl: {
    environment: ["BETTERSTACK_API_URL"],
    secret: false,
    description: "Base URL of Better Stack's Uptime API, https://uptime.betterstack.com by default",
  },
  betterStackTeam: {
    environment: ["BETTERSTACK_TEAM"],
    secret: false,
    description: "Team that new things belong to; needed only with a token of all teams",
  },
  uptimeRobotToken: {
    environment: ["UPTIMEROBOT_API_KEY"],
    secret: true,
    description: "UptimeRobot's main API key (not the read-only one, not a monitor's)",
  },
  uptimeRobotApiUrl: {
    environment: ["UPTIMEROBOT_API_URL"],
    secret: false,
    description: "Base URL of UptimeRobot's API, https://api.uptimerobot.com/v3 by default",
  },
  uptimeRobotPlan: {
    environment: ["UPTIMEROBOT_PLAN"],
    secret: false,
    description:
      "UptimeRobot's plan, free or paid: with free, what that cannot do is refused before anything is applied",
  },
  sentryToken: {
    environment: ["SENTRY_AUTH_TOKEN"],
    secret: true,
    description: "Sentry's token, with the scopes alerts:read and alerts:write",
  },
  sentryApiUrl: {
    environment: ["SENTRY_API_URL"],
    secret: false,
    description: "Base URL of Sentry's API, https://sentry.io/api/0 by default",
  },
} as const;

const token = (whose: string) => z.string(`must be a text: ${whose}`);
const baseUrl = (example: string) =>
  z.url({ protocol: /^https?$/, error: `must be a URL, such as ${example}` }).optional();

const schema = z.strictObject({
  slackToken: token("the bot token")
    .regex(/^\S+$/, "must be a token without spaces or line breaks")
    .optional(),
  slackApiUrl: baseUrl("https://slack.com/api/"),
  flyToken: token("a token of Fly's")
    // `fly tokens create` prints its scheme with it.
    .regex(/^(FlyV1 |Bearer )?\S+$/, "must be a token without spaces or line breaks")
    .optional(),
  flyApiUrl: baseUrl("https://api.machines.dev"),
  betterStackToken: token("Better Stack's token")
    .regex(/^\S+$/, "must be a token without spaces or line breaks")
    .optional(),
  betterStackApiUrl: baseUrl("https://uptime.betterstack.com"),
  betterStackTeam: z.string("must be the team's name").min(1, "must not be empty").optional(),
  uptimeRobotToken: token("UptimeRobot's main API key")
    .regex(/^\S+$/, "must be a key without spaces or line breaks")
    .optional(),
  uptimeRobotApiUrl: baseUrl("https://api.uptimerobot.com/v3"),
  uptimeRobotPlan: z.enum(["free", "paid"], "must be free or paid").optional(),
  sentryToken: token("Sentry's token")
    .regex(/^\S+$/, "must be a token without spaces or line breaks")
    .optional(),
  sentryApiUrl: baseUrl("https://sentry.io/api/0"),
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
    text(values[name]) ??
    configurationKeys[name].environment
      .map((variable) => text(environment[variable]))
      .find((value) => value !== undefined);
  const slackApiUrl = key("slackApiUrl") ?? "https://slack.com/api/";
  return {
    slackToken: key("slackToken"),
    slackApiUrl: slackApiUrl.endsWith("/") ? slackApiUrl : `${slackApiUrl}/`,
    flyToken: key("flyToken"),
    flyApiUrl: (key("flyApiUrl") ?? "https://api.machines.dev").replace(/\/+(v1\/*)?$/, ""),
    betterStackToken: key("betterStackToken"),
    betterStackApiUrl: (key("betterStackApiUrl") ?? "https://uptime.betterstack.com").replace(/\/+$/, ""),
    betterStackTeam: key("betterStackTeam"),
    uptimeRobotToken: key("uptimeRobotToken"),
    uptimeRobotApiUrl: (key("uptimeRobotApiUrl") ?? "https://api.uptimerobot.com/v3").replace(/\/+$/, ""),
    uptimeRobotPlan: key("uptimeRobotPlan"),
    sentryToken: key("sentryToken"),
    sentryApiUrl: (key("sentryApiUrl") ?? "https://sentry.io/api/0").replace(/\/+$/, ""),
  };
};

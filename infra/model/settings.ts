import { z } from "zod";
import { observabilityServices, sentrySchema } from "./observability";
import { statusPageSchema, uptimeBackends, uptimeRobotPlans } from "./uptime";
import { givenSecrets, watchtowerSchema } from "./watchtower";

/** The environments whose rules differ. */
export const environments = ["staging", "production"] as const;
export type Environment = (typeof environments)[number];

/**
 * What differs between stacks: the keys of `hotdash:` in Pulumi.<stack>.yaml. Types, defaults and descriptions for
 * the CLI stand in Pulumi.yaml; this is what judges them.
 */
const tableSchema = z.strictObject({
  /** Decides how strict the policies are. */
  environment: z.enum(environments),
  /** Names of the apps this stack watches, from infra/fleet. */
  apps: z.array(z.string()).min(1),
  /** Whether an up also brings the running machines in line; updating a running one reboots it. */
  apply: z.boolean().default(false),
  /** Differences of single apps, laid over their declarations. */
  overrides: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  /** Who watches from outside. */
  uptimeBackend: z.enum(uptimeBackends).default("gatus"),
  /** Of `flymon:uptimeRobotPlan`. The free plan tells everybody at once, and asks every five minutes. */
  uptimeRobotPlan: z.enum(uptimeRobotPlans).default("paid"),
  /** Without it there is none. Gatus has its own page. */
  statusPage: statusPageSchema.optional(),
  /** Where an app is reached from outside, where that is not https://<app>.fly.dev. */
  addresses: z.record(z.string(), z.url({ protocol: /^https?$/ })).default({}),
  /** Slack's Web API, from the provider's own key `flymon:slackApiUrl`; a sandbox or a gateway sets it. */
  slackApiUrl: z.url({ protocol: /^https?$/ }).default("https://slack.com/api/"),
  /** A hosted service that gets the same signals and thresholds as its own alerts. */
  observability: z.enum(observabilityServices).default("none"),
  /** Its link to Slack, made by hand there: the account's name at Datadog, the destination's id at New Relic. */
  observabilitySlack: z.string().default(""),
  /** Alert rules at Sentry, for apps that report to it. Without it there are none. */
  sentry: sentrySchema.optional(),
  /** Divides every interval and waiting time; only a sandbox sets it. */
  timeDivisor: z.int().min(1).default(1),
  /** Folder of the written files, from the project root; <stack> is appended. */
  outputDirectory: z.string().min(1).default("generated"),
  /** What runs the alerts on Fly. Without it their files are written, and nothing is placed. */
  watchtower: watchtowerSchema.optional(),
  /** Names of the secrets that the stack holds as `watchtower:<name>`: a receiver without its own is left out. */
  given: z.array(z.enum(givenSecrets)).default([]),
  /** Whether the people of a critical alert hear one after the other, or all of them at once. */
  escalation: z.enum(["ladder", "all-at-once"]).default("ladder"),
  /** What becomes of the Slack channels on destroy. Bots cannot unarchive, so `keep` is the default. */
  slackOnDestroy: z.enum(["keep", "archive"]).default("keep"),
});

/** The table, and what its fields say of each other. */
export const settingsSchema = tableSchema.superRefine(({ apps, sentry }, context) => {
  for (const app of Object.keys(sentry?.projects ?? {})) {
    if (apps.includes(app)) continue;
    const params = {
      limit: `an app of this stack: ${apps.join(", ")}`,
      mend: "add it to apps, or remove it here",
    };
    context.addIssue({ code: "custom", path: ["sentry", "projects", app], params });
  }
});

export type SettingsInput = z.input<typeof settingsSchema>;
export interface Settings extends z.output<typeof settingsSchema> {
  readonly stack: string;
}

/** The file that holds a stack's settings. */
export const stackFile = (stack: string): string => `Pulumi.${stack}.yaml`;

const decoded = (value: unknown): unknown => {
  if (typeof value !== "string") return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    return value; // a plain word
  }
};

/** Pulumi asks for whatever has a type and no default, so Pulumi.yaml's default of an optional table is an empty one. */
const isAbsent = (name: string, value: unknown): boolean =>
  ["watchtower", "statusPage", "sentry"].includes(name) && JSON.stringify(value) === "{}";

/**
 * The settings as the schema takes them, out of a stack's configuration: the keys of the project's namespace, Slack's
 * address from the provider's, and which of the watchtower's secrets there are. Values may still be JSON text, as the engine hands them over.
 */
export const settingsInput = (
  config: Readonly<Record<string, unknown>>,
  project: string,
): Record<string, unknown> => {
  const own = Object.entries(config).flatMap(([key, value]): [string, unknown][] => {
    const [namespace, name] = key.includes(":") ? key.split(":", 2) : [project, key];
    if (namespace !== project || name === undefined) return [];
    const given = decoded(value);
    return isAbsent(name, given) ? [] : [[name, given]];
  });
  const slackApiUrl = config["flymon:slackApiUrl"];
  const uptimeRobotPlan = config["flymon:uptimeRobotPlan"];
  const given = givenSecrets.filter((name) => config[`watchtower:${name}`] !== undefined);
  return {
    ...Object.fromEntries(own),
    ...(slackApiUrl !== undefined && { slackApiUrl }),
    ...(uptimeRobotPlan !== undefined && { uptimeRobotPlan }),
    ...(given.length > 0 && { given }),
  };
};

import * as pulumi from "@pulumi/pulumi";
import type { UptimeSecrets } from "./components/uptime-secrets";
import type { Diagnostic } from "./model/diagnostics";
import { Refusal } from "./model/diagnostics";
import type { Fleet } from "./model/fleet";
import type { Settings } from "./model/settings";
import { stackFile } from "./model/settings";
import { givenSecrets } from "./model/watchtower";
import { gatusVariables } from "./render/gatus";
import { uptimeRobotChannels } from "./render/uptime/uptimerobot";

/** What the watchtower is told and cannot make: tokens and addresses outside. An absent one is given to nobody. */
export type WatchtowerSecrets = {
  readonly [Name in "slackToken" | (typeof givenSecrets)[number]]?: pulumi.Output<string>;
};

/** Where each is looked for, in this order, and how to come by it. */
const needed = {
  slackToken: {
    keys: ["flymon:slackToken"],
    environment: ["SLACK_BOT_TOKEN"],
    limit: "Slack's bot token, with which whoever watches posts",
    mend: "`pulumi config set --secret flymon:slackToken xoxb-...`, or `export SLACK_BOT_TOKEN=xoxb-...`",
  },
  flyToken: {
    keys: ["watchtower:flyToken", "flymon:flyToken"],
    environment: ["FLY_API_TOKEN", "FLY_ACCESS_TOKEN"],
    limit: "a token that may read the organization's machines and metrics",
    mend: "`fly tokens create readonly`, then `pulumi config set --secret watchtower:flyToken ...`",
  },
} as const;

const configured = (key: string): pulumi.Output<string> | undefined => {
  const [namespace = "", name = ""] = key.split(":");
  return new pulumi.Config(namespace).getSecret(name);
};

const fromEnvironment = (variables: readonly string[]): pulumi.Output<string> | undefined => {
  const value = variables.map((variable) => process.env[variable]).find(Boolean);
  return value === undefined ? undefined : pulumi.secret(value);
};

/** `fly tokens create` prints a scheme before its token; whoever reads the token from a file adds his own. */
const bare = (token: string): string => token.replace(/^(?:FlyV1|Bearer) /, "");

const lookedUp = ({ keys, environment }: (typeof needed)[keyof typeof needed]) =>
  (keys.map(configured).find(Boolean) ?? fromEnvironment(environment))?.apply(bare);

/** Values of variables that the declarations name, where the stack has them: `watchtower:NAME`. */
export const readGatusVariables = (fleet: Pick<Fleet, "apps">): Record<string, pulumi.Output<string>> =>
  Object.fromEntries(
    gatusVariables(fleet).flatMap((name) => {
      const value = configured(`watchtower:${name}`);
      return value === undefined ? [] : [[name, value]];
    }),
  );

const refuseMissing = (stack: string, subject: string, missing: readonly (keyof typeof needed)[]): void => {
  if (missing.length === 0 || pulumi.runtime.isDryRun()) return;
  throw new Refusal(
    missing.map((name): Diagnostic => {
      const { keys, limit, mend } = needed[name];
      return { file: stackFile(stack), subject, field: keys[0], value: undefined, limit, mend };
    }),
  );
};

/** Slack's incoming webhook of a channel; a person makes it, in Slack. */
const webhookOf = (channel: string): Diagnostic => ({
  file: "",
  subject: "uptimeBackend",
  field: `slackWebhooks:${channel}`,
  value: undefined,
  limit: `the address of an incoming webhook of #${channel}, through which UptimeRobot posts`,
  mend: `make one in Slack, then \`pulumi config set --secret slackWebhooks:${channel} https://hooks.slack.com/...\``,
});

/**
 * What a hosted backend of the outside watch needs to post to Slack and to ask as the declarations say.
 * @throws Refusal at an apply that lacks any of it; a preview needs none
 */
export const readUptimeSecrets = (fleet: Fleet): UptimeSecrets => {
  const { stack, uptimeBackend } = fleet.settings;
  const slackToken = lookedUp(needed.slackToken);
  if (uptimeBackend === "betterstack" && slackToken === undefined)
    refuseMissing(stack, "uptimeBackend", ["slackToken"]);
  const channels = uptimeBackend === "uptimerobot" ? uptimeRobotChannels(fleet) : [];
  const slackWebhooks = Object.fromEntries(
    channels.flatMap((channel) => {
      const address = configured(`slackWebhooks:${channel}`);
      return address === undefined ? [] : [[channel, address]];
    }),
  );
  const missing = channels.filter((channel) => slackWebhooks[channel] === undefined);
  if (missing.length > 0 && !pulumi.runtime.isDryRun())
    throw new Refusal(missing.map((channel) => ({ ...webhookOf(channel), file: stackFile(stack) })));
  return { slackToken, slackWebhooks, variables: readGatusVariables(fleet) };
};

/**
 * The secrets of this stack's watchtower, from its configuration and the environment.
 * @throws Refusal at an apply that lacks any that it cannot do without, with all of them; a preview needs none
 */
export const readWatchtowerSecrets = ({ stack }: Pick<Settings, "stack">): WatchtowerSecrets => {
  const found = { slackToken: lookedUp(needed.slackToken), flyToken: lookedUp(needed.flyToken) };
  const missing = (["slackToken", "flyToken"] as const).filter((name) => found[name] === undefined);
  refuseMissing(stack, "watchtower", missing);
  const others = givenSecrets
    .filter((name) => name !== "flyToken")
    .map((name) => [name, configured(`watchtower:${name}`)] as const);
  return Object.fromEntries([...Object.entries(found), ...others].filter(([, value]) => value !== undefined));
};

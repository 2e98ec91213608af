import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import type { UptimeBackend } from "../../infra/model/uptime";
import { gatusEnvironment } from "../../infra/render/gatus";
import type { LaunchedSandbox } from "../../sandbox/launch";
import { ensureToolchain } from "../../toolchain/setup";
import { freePort } from "./free-port";

// A stack whose outside watch is one of the sandbox's services, and a look at who watches.

/** The people of the runbook, as members of Better Stack's team. */
const people = ["reliability@team", "engineer@team", "manager@team"];

/** What a person does beforehand: invites the team, makes the channels and Slack's webhooks to them. */
export const prepareAccounts = async ({ client }: LaunchedSandbox): Promise<Record<string, string>> => {
  for (const email of people) await client.betterstack.invite(email);
  const webhooks: [string, string][] = [];
  for (const channel of ["incidents", "monitoring"]) {
    await client.createChannel({ name: channel, withBot: true });
    const { url } = await client.createWebhook(channel);
    webhooks.push([`slackWebhooks:${channel}`, url]);
  }
  return Object.fromEntries(webhooks);
};

/** The value of the synthetic check's header. */
export const syntheticToken = "synthetic-4c1d9e7ab2";

/** Every secret of the stack, by its key. */
export const secretsOf = (
  { announcement: { slack, betterstack, uptimerobot } }: LaunchedSandbox,
  webhooks: Readonly<Record<string, string>>,
): Record<string, string> => ({
  "flymon:slackToken": slack.token,
  "flymon:betterStackToken": betterstack.token,
  "flymon:uptimeRobotToken": uptimerobot.token,
  "watchtower:HOTDASH_SYNTHETIC_TOKEN": syntheticToken,
  ...webhooks,
});

/** Writes the stack's settings and says where. */
export const writeSettings = (
  { announcement: { slack, betterstack, uptimerobot, apps } }: LaunchedSandbox,
  scratch: string,
  uptimeBackend: UptimeBackend,
  more: Readonly<Record<string, unknown>> = {},
): string => {
  const file = path.join(scratch, "settings.yaml");
  const config = {
    "flymon:slackApiUrl": slack.apiUrl,
    "flymon:betterStackApiUrl": betterstack.apiUrl,
    "flymon:uptimeRobotApiUrl": uptimerobot.apiUrl,
    "hotdash:environment": "production",
    "hotdash:apps": Object.keys(apps),
    "hotdash:addresses": Object.fromEntries(Object.entries(apps).map(([name, { url }]) => [name, url])),
    "hotdash:outputDirectory": path.join(scratch, "generated"),
    "hotdash:timeDivisor": 30,
    "hotdash:uptimeBackend": uptimeBackend,
    ...more,
  };
  writeFileSync(file, stringify({ config }));
  return file;
};

/** A watchtower on the sandbox's Fly that tells by mail and calls who is on call, with what only it is told. */
export const towerOf = (
  { announcement: { fly, inbox } }: LaunchedSandbox,
  app: string,
): {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
} => {
  if (fly === undefined) throw new Error("no Fly in the sandbox");
  const { org, apiUrl, prometheusUrl } = fly;
  return {
    settings: {
      "flymon:flyApiUrl": apiUrl,
      "hotdash:watchtower": {
        app,
        org,
        region: "ams",
        volumeSize: 1,
        volumesOnDestroy: "delete",
        apiUrl,
        prometheusUrl,
        smtp: {
          host: inbox.smtp,
          from: "alerts@example.com",
          username: inbox.username,
          requireTls: false,
        },
      },
    },
    secrets: {
      "flymon:flyToken": fly.token,
      "watchtower:flyToken": fly.readOnlyToken,
      "watchtower:smtpPassword": inbox.password,
      "watchtower:onCallWebhook": `${inbox.hookUrl}/on-call/93bd2f7c-on-call`,
    },
  };
};

/** Every file that the stack has written. */
export const writtenFiles = (scratch: string): string[] => {
  const folder = path.join(scratch, "generated");
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8"))
    : [];
};

/** Runs Gatus on a configuration that `up` has written, as its machine does. */
export const runGatus = async (
  configFile: string,
  folder: string,
  slackToken: string,
): Promise<{ stop(): Promise<void> }> => {
  const { engines } = await ensureToolchain({ only: ["gatus"] });
  const child = execa(engines.gatus, [], {
    reject: false,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    env: {
      GATUS_CONFIG_PATH: configFile,
      [gatusEnvironment.slackToken]: slackToken,
      [gatusEnvironment.storagePath]: path.join(folder, "gatus.db"),
      [gatusEnvironment.address]: "127.0.0.1",
      [gatusEnvironment.port]: String(await freePort()),
    },
  });
  return {
    stop: async () => {
      child.kill();
      await child;
    },
  };
};

/** Which of the backends has how many monitors that look. */
export interface Watching {
  readonly gatus: number;
  readonly betterstack: number;
  readonly uptimerobot: number;
}

/** Who watches at this moment; Gatus does as long as its machine runs on the configuration that is there. */
export const whoWatches = async (
  { client }: LaunchedSandbox,
  gatusFile: string,
  tower: string,
): Promise<Watching> => {
  const [betterStack, uptimeRobot, fly] = await Promise.all([
    client.betterstack.state(),
    client.uptimerobot.state(),
    client.fly.state(),
  ]);
  const looks = (monitor: { readonly status: string }): boolean => monitor.status.toLowerCase() !== "paused";
  const runs = fly.apps
    .find(({ name }) => name === tower)
    ?.machines.some(({ processGroup, state }) => processGroup === "gatus" && state === "started");
  return {
    gatus:
      runs && existsSync(gatusFile)
        ? (readFileSync(gatusFile, "utf8").match(/^ {4}group: /gm) ?? []).length
        : 0,
    betterstack: betterStack.monitors.filter(looks).length,
    uptimerobot: uptimeRobot.monitors.filter((monitor) => looks(monitor) && monitor.type !== "HEARTBEAT")
      .length,
  };
};

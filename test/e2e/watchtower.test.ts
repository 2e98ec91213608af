import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { launchSandbox, type LaunchedSandbox } from "../../sandbox/launch";
import { watchtowerPartNames } from "../../infra/model/watchtower";
import { repositoryRoot } from "../../toolchain/root";
import { withStack } from "../support/engine";

// The real program, CLI, provider and engines: the watchtower as machines of the sandbox's Fly.

const app = "test-watchtower";
const timeDivisor = 30;
const scratch = mkdtempSync(path.join(os.tmpdir(), "flymon-watchtower-"));

let sandbox: LaunchedSandbox;
beforeAll(async () => {
  sandbox = await launchSandbox([
    "--fly",
    "on",
    "--fly-factor",
    String(timeDivisor),
    "--apps",
    "hotdash-chatwoot",
  ]);
});
afterAll(async () => {
  await sandbox.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const fly = () => {
  const { fly: announced } = sandbox.announcement;
  if (announced === undefined) throw new Error("no Fly in the sandbox");
  return announced;
};

interface Machine {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly private_ip: string;
  readonly checks?: readonly { readonly status: string }[];
}

const machines = async (): Promise<readonly Machine[] | undefined> => {
  const response = await fetch(`${fly().apiUrl}/v1/apps/${app}/machines`, {
    headers: { authorization: `Bearer ${fly().token}` },
  });
  return response.status === 404 ? undefined : ((await response.json()) as Machine[]);
};

const heartbeat = () => `${sandbox.announcement.inbox.hookUrl}/heartbeat-7c1e5a`;
const onCall = () => `${sandbox.announcement.inbox.hookUrl}/on-call-93bd2f`;

const settingsFile = (): string => {
  const { slack, inbox } = sandbox.announcement;
  const file = path.join(scratch, "settings.yaml");
  const watchtower = {
    app,
    org: fly().org,
    region: "ams",
    volumeSize: 1,
    volumesOnDestroy: "delete",
    apiUrl: fly().apiUrl,
    prometheusUrl: fly().prometheusUrl,
    smtp: { host: inbox.smtp, from: "alerts@example.com", requireTls: false },
  };
  const config = {
    "flymon:flyApiUrl": fly().apiUrl,
    "flymon:slackApiUrl": slack.apiUrl,
    "hotdash:environment": "production",
    "hotdash:apps": ["hotdash-chatwoot"],
    "hotdash:timeDivisor": timeDivisor,
    "hotdash:outputDirectory": path.join(scratch, "generated"),
    "hotdash:slackOnDestroy": "archive",
    "hotdash:watchtower": watchtower,
  };
  writeFileSync(file, stringify({ config }));
  return file;
};

test("up places it, a second preview sees no change, destroy leaves nothing, and no secret is told", async () => {
  const { slack } = sandbox.announcement;
  await withStack(
    repositoryRoot,
    async (stack) => {
      const first = await stack.up();
      expect(first.exitCode, first.output).toBe(0);
      const placed = (await machines()) ?? [];
      expect(placed.map(({ name, state }) => [name, state]).sort()).toEqual(
        [...watchtowerPartNames].sort().map((part) => [part, "started"]),
      );
      expect(placed.flatMap(({ checks = [] }) => checks.map(({ status }) => status))).toEqual(
        watchtowerPartNames.map(() => "passing"),
      );

      const second = await stack.preview("--expect-no-changes");
      expect(second.exitCode, second.output).toBe(0);

      const destroyed = await stack.destroy();
      expect(destroyed.exitCode, destroyed.output).toBe(0);
      expect(await machines()).toBeUndefined();
    },
    {
      stack: "tower",
      secrets: {
        "flymon:flyToken": fly().token,
        "flymon:slackToken": slack.token,
        "watchtower:heartbeatUrl": heartbeat(),
        "watchtower:onCallWebhook": onCall(),
      },
      configFile: settingsFile(),
    },
  );
}, 240_000);

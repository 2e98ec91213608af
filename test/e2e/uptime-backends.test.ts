import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import type { UptimeBackend } from "../../infra/model/uptime";
import { launchSandbox, type LaunchedSandbox } from "../../sandbox/launch";
import { repositoryRoot } from "../../toolchain/root";
import { withStack } from "../support/engine";

// The real program, CLI and provider against the sandbox's Better Stack, UptimeRobot and Slack: one word says who
// watches from outside, and an outage is told in the same channel whoever it is.

const app = "hotdash-production";
const scratch = mkdtempSync(path.join(os.tmpdir(), "flymon-uptime-"));

let sandbox: LaunchedSandbox;
beforeAll(async () => {
  sandbox = await launchSandbox(["--apps", `${app},hotdash-chatwoot`]);
  for (const name of ["reliability", "engineer", "manager"]) {
    await sandbox.client.betterstack.invite(`${name}@team`);
  }
});
afterAll(async () => {
  await sandbox.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const settingsFile = (uptimeBackend: UptimeBackend): string => {
  const { slack, betterstack, apps } = sandbox.announcement;
  const file = path.join(scratch, `${uptimeBackend}.yaml`);
  const config = {
    "flymon:slackApiUrl": slack.apiUrl,
    "flymon:betterStackApiUrl": betterstack.apiUrl,
    "hotdash:environment": "production",
    "hotdash:apps": Object.keys(apps),
    "hotdash:addresses": Object.fromEntries(Object.entries(apps).map(([name, { url }]) => [name, url])),
    "hotdash:outputDirectory": path.join(scratch, "generated"),
    "hotdash:slackOnDestroy": "archive",
    "hotdash:uptimeBackend": uptimeBackend,
  };
  writeFileSync(file, stringify({ config }));
  return file;
};

test("an outage reaches #incidents through Better Stack, and its end", async () => {
  const { slack, betterstack } = sandbox.announcement;
  await withStack(
    repositoryRoot,
    async (stack) => {
      const first = await stack.up();
      expect(first.exitCode, first.output).toBe(0);
      const second = await stack.preview("--expect-no-changes");
      expect(second.exitCode, second.output).toBe(0);

      await sandbox.client.breakApp(app, "down");
      const told = await sandbox.client.waitForMessage(
        "incidents",
        ({ plain }) => plain.includes("FAILING") && plain.includes(app) && plain.includes("critical"),
        60_000,
      );
      await sandbox.client.mendApp(app, "down");
      await sandbox.client.waitForMessage(
        "incidents",
        ({ plain }) => plain.includes("RECOVERED") && plain.includes(app),
        60_000,
        told.ts,
      );
      const destroyed = await stack.destroy();
      expect(destroyed.exitCode, destroyed.output).toBe(0);
    },
    {
      secrets: { "flymon:slackToken": slack.token, "flymon:betterStackToken": betterstack.token },
      configFile: settingsFile("betterstack"),
    },
  );
}, 240_000);

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { launchSandbox, type LaunchedSandbox } from "../../sandbox/launch";
import type { WatchtowerPartName } from "../../infra/model/watchtower";
import { watchtowerPartNames, watchtowerParts } from "../../infra/model/watchtower";
import { repositoryRoot } from "../../toolchain/root";
import { withStack } from "../support/engine";

// The real program, CLI, provider and engines: the watchtower as machines of the sandbox's Fly.

const app = "test-watchtower";
const timeDivisor = 30;
let scratch: string;

let sandbox: LaunchedSandbox;
beforeEach(async () => {
  scratch = mkdtempSync(path.join(os.tmpdir(), "flymon-watchtower-"));
  sandbox = await launchSandbox([
    "--fly",
    "on",
    "--fly-factor",
    String(timeDivisor),
    "--apps",
    "hotdash-chatwoot",
  ]);
});
afterEach(async () => {
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

interface Targets {
  readonly data: {
    readonly activeTargets: readonly { readonly scrapePool: string; readonly health: string }[];
  };
}
interface Rules {
  readonly data: {
    readonly groups: readonly { readonly rules: readonly { readonly lastError: string }[] }[];
  };
}
const healthOf = ({ data }: Targets): Record<string, string> =>
  Object.fromEntries(data.activeTargets.map(({ scrapePool, health }) => [scrapePool, health]));

/** Every file that the stack has written. */
const writtenTexts = (): string[] =>
  readdirSync(path.join(scratch, "generated"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8"));

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
      expect(placed.map(({ name, state }) => [name, state]).sort(), JSON.stringify(placed)).toEqual(
        [...watchtowerPartNames].sort().map((part) => [part, "started"]),
      );
      expect(placed.flatMap(({ checks = [] }) => checks.map(({ status }) => status))).toEqual(
        watchtowerPartNames.map(() => "passing"),
      );

      const { watchtower } = (await stack.outputs()) as { watchtower: { user: string; password: string } };
      const pages = new Map(placed.map(({ name, private_ip: address }) => [name, address]));
      const ask = async (part: WatchtowerPartName, route: string, { user, password } = watchtower) => {
        const address = new URL(route, `http://${pages.get(part) ?? ""}:${watchtowerParts[part].port}`);
        const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
        const response = await fetch(address, { headers: { authorization } });
        return {
          status: response.status,
          body: response.ok ? await response.json() : undefined,
        };
      };

      // Nobody gets in who does not know the password, and every part knows every other.
      for (const [part, route] of [
        ["metrics", "/api/v1/targets"],
        ["vmalert", "/api/v1/rules"],
        ["alertmanager", "/api/v2/status"],
        ["exporter", "/metrics"],
        ["json-exporter", "/metrics"],
        ["journal", "/reliability.md"],
      ] as const) {
        expect((await ask(part, route, { user: watchtower.user, password: "guessed" })).status, part).toBe(
          401,
        );
      }
      await expect
        .poll(async () => healthOf((await ask("metrics", "/api/v1/targets")).body as Targets), {
          timeout: 20_000,
        })
        .toEqual({
          fly: "up",
          "flymon-exporter": "up",
          vmalert: "up",
          alertmanager: "up",
          "victoria-metrics": "up",
        });
      const { body } = (await ask("vmalert", "/api/v1/rules")) as { body: Rules };
      const rules = body.data.groups.flatMap((group) => group.rules);
      expect(rules).toHaveLength(
        writtenTexts()
          .join("")
          .match(/^ {6}- (?:alert|record): /gm)?.length ?? 0,
      );
      expect(rules.filter(({ lastError }) => lastError !== "")).toEqual([]);
      // The switch that a dead watchtower lets go of: vmalert, Alertmanager and the way out all work.
      await sandbox.client.inbox.waitForCall("heartbeat-7c1e5a", () => true, 20_000);

      const state = (await stack.export()).text;
      // Nothing is placed that the engine which reads it has not accepted before.
      const { deployment } = JSON.parse(state) as {
        deployment: { resources: { urn: string; dependencies?: string[] }[] };
      };
      const waitsFor = (name: string): string[] =>
        (
          deployment.resources.find(({ urn }) => urn.endsWith(`flymon:fly:Machine::${name}`))?.dependencies ??
          []
        ).map((urn) => urn.split("::").at(-1) ?? "");
      expect(waitsFor("watchtower-vmalert")).toContain("rules-accepted");
      expect(waitsFor("watchtower-alertmanager")).toContain("routing-accepted");
      for (const part of ["metrics", "json-exporter"])
        expect(waitsFor(`watchtower-${part}`)).toContain("watchtower-accepted");
      const texts = [first.output, state, ...writtenTexts()];
      for (const secret of [fly().token, slack.token, heartbeat(), onCall(), watchtower.password]) {
        expect(texts.filter((text) => text.includes(secret))).toEqual([]);
      }

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

test("an up without tokens says which are missing, all at once, and touches nothing; a preview needs none", async () => {
  await withStack(
    repositoryRoot,
    async (stack) => {
      const preview = await stack.preview();
      expect(preview.exitCode, preview.output).toBe(0);
      const { exitCode, output, changes } = await stack.up();
      expect(exitCode).not.toBe(0);
      expect(output).toContain("2 mistakes to mend before anything is applied");
      expect(output).toContain("flymon:slackToken is missing");
      expect(output).toContain("watchtower:flyToken is missing");
      expect(output).not.toMatch(/^\s+at /m);
      expect(changes).toEqual({ create: 1 }); // the stack itself
    },
    {
      stack: "tower",
      configFile: settingsFile(),
      env: { SLACK_BOT_TOKEN: "", FLY_API_TOKEN: "", FLY_ACCESS_TOKEN: "" },
    },
  );
}, 60_000);

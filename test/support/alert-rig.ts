import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";
import { fleet as hotdash } from "../../infra/fleet";
import type { Fleet } from "../../infra/model/fleet";
import { parseSettings, resolveFleet } from "../../infra/model/fleet";
import type { SettingsInput } from "../../infra/model/settings";
import { watchtowerParts, type WatchtowerPartName } from "../../infra/model/watchtower";
import type { SandboxClient } from "../../sandbox/client";
import { launchSandbox } from "../../sandbox/launch";
import { repositoryRoot } from "../../toolchain/root";
import { ensureToolchain } from "../../toolchain/setup";
import type { Told } from "./alert-messages";
import { messageReader } from "./alert-messages";
import { startTraffic } from "./alert-traffic";
import { withStack } from "./engine";

/** An alert as vmalert sees it now. */
export interface LiveAlert {
  readonly state: "pending" | "firing";
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The whole way from a fault to people: Fly with the fleet, the watchtower as `up` has placed it, Slack, mail and webhooks. */
export interface AlertRig {
  readonly client: SandboxClient;
  readonly fleet: Fleet;
  /** An app's public address. */
  url(app: string): string;
  /** The id of the machine that runs a part of the watchtower. */
  machine(part: WatchtowerPartName): string;
  /** Where a part answers, and who may ask. */
  readonly access: { readonly user: string; readonly password: string };
  address(part: WatchtowerPartName): string;
  /** What Alertmanager has said in Slack, oldest first; since a time in milliseconds. */
  told(since?: number): Promise<readonly Told[]>;
  /** The alerts that vmalert holds, pending ones too. */
  alerts(): Promise<readonly LiveAlert[]>;
  /** A query of the store, for whoever looks for the cause of a failure. */
  query(expression: string): Promise<unknown>;
  /** The journal as people read it. */
  journal(): Promise<string>;
  /** Resolves when there is nothing but the dead man's switch. */
  calm(withinMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Where each app is asked by people; those that sleep are left alone unless a test wakes them. */
export const usedPaths: Readonly<Record<string, string>> = {
  "hotdash-production": "/app",
  "hotdash-staging": "/app",
  "hotdash-chatwoot": "/api",
  "hotdash-llamaindex-mcp": "/health",
  "hotdash-agent-service": "/approvals",
};
const alwaysUsed = ["hotdash-production", "hotdash-staging", "hotdash-chatwoot"];
const requestsPerSecond = 6;

const app = "hotdash-watchtower";
const calmWithin = 90_000;

/** An interval of a minute is one of two seconds. */
export const usualDivisor = 30;

export interface RigOptions {
  /** How much faster time runs. */
  readonly timeDivisor?: number;
}

/** A promise that somebody else settles. */
const deferred = <T>() => {
  let settle: { resolve: (value: T) => void; reject: (error: unknown) => void } | undefined;
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
  return {
    promise,
    resolve: (value: T) => settle?.resolve(value),
    reject: (error: unknown) => settle?.reject(error),
  };
};

const settingsOf = (
  announcement: Awaited<ReturnType<typeof launchSandbox>>["announcement"],
  timeDivisor: number,
): SettingsInput => {
  const { fly, slack, inbox, apps } = announcement;
  if (fly === undefined) throw new Error("the sandbox has no Fly");
  return {
    environment: "production",
    apps: hotdash.apps.map(({ declaration }) => declaration.name),
    apply: true,
    timeDivisor,
    slackOnDestroy: "archive",
    addresses: Object.fromEntries(
      Object.entries(apps).flatMap(([name, { url }]) => (url.startsWith("http") ? [[name, url]] : [])),
    ),
    watchtower: {
      app,
      org: fly.org,
      region: "ams",
      volumeSize: 1,
      apiUrl: fly.apiUrl,
      prometheusUrl: fly.prometheusUrl,
      smtp: { host: inbox.smtp, from: "alerts@hotdash.example", requireTls: false },
    },
    slackApiUrl: slack.apiUrl,
  };
};

/** Makes the sandbox, brings the fleet and its watchtower up in it, and waits until all is calm. */
export const startAlertRig = async ({ timeDivisor = usualDivisor }: RigOptions = {}): Promise<AlertRig> => {
  await ensureToolchain({ quiet: true });
  const folder = mkdtempSync(path.join(tmpdir(), "flymon-alerts-"));
  const sandbox = await launchSandbox([
    ...["--fly", "on", "--fly-factor", String(timeDivisor), "--fly-hold", "1000"],
  ]);
  const { client, announcement } = sandbox;
  const { fly, slack, inbox, apps } = announcement;
  const settings = settingsOf(announcement, timeDivisor);
  const { slackApiUrl, ...own } = { ...settings, outputDirectory: path.join(folder, "generated") };
  const configFile = path.join(folder, "settings.yaml");
  writeFileSync(
    configFile,
    stringify({
      config: {
        "flymon:flyApiUrl": fly?.apiUrl,
        "flymon:slackApiUrl": slackApiUrl,
        ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`hotdash:${key}`, value])),
      },
    }),
  );
  const traffic: (() => void)[] = [];
  const ended = deferred<undefined>();
  const started = deferred<{ readonly user: string; readonly password: string }>();
  const stack = withStack(
    repositoryRoot,
    async (own) => {
      const { exitCode, output } = await own.up();
      if (exitCode !== 0) throw new Error(output);
      started.resolve(
        ((await own.outputs()) as { watchtower: { user: string; password: string } }).watchtower,
      );
      await ended.promise;
    },
    {
      stack: "sandbox",
      configFile,
      secrets: {
        "flymon:flyToken": fly?.token ?? "",
        "flymon:slackToken": slack.token,
        "watchtower:flyToken": fly?.readOnlyToken ?? "",
        "watchtower:heartbeatUrl": `${inbox.hookUrl}/heartbeat`,
        "watchtower:onCallWebhook": `${inbox.hookUrl}/on-call`,
      },
    },
  );
  stack.catch(started.reject);
  const stop = async (): Promise<void> => {
    for (const end of traffic) end();
    ended.resolve(undefined);
    await stack.catch(() => undefined);
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const access = await started.promise;
    const fleet = resolveFleet(
      hotdash,
      parseSettings("sandbox", { ...settings, given: ["flyToken", "onCallWebhook", "heartbeatUrl"] }),
    );
    const { apps: running } = await client.fly.state();
    const machines = new Map(
      running.find(({ name }) => name === app)?.machines.map((machine) => [machine.name, machine]),
    );
    const machine = (part: WatchtowerPartName) => {
      const found = machines.get(part);
      if (found === undefined) throw new Error(`the watchtower has no machine ${part}`);
      return found;
    };
    const address = (part: WatchtowerPartName): string =>
      `http://${machine(part).address}:${watchtowerParts[part].port}`;
    const authorization = `Basic ${Buffer.from(`${access.user}:${access.password}`).toString("base64")}`;
    const ask = async (part: WatchtowerPartName, route: string): Promise<string> => {
      const response = await fetch(`${address(part)}${route}`, {
        headers: { authorization },
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${part}${route}: ${response.status} ${text}`);
      return text;
    };
    const read = messageReader(fleet);
    const url = (name: string): string => apps[name]?.url ?? "";
    const alerts = async (): Promise<readonly LiveAlert[]> =>
      (JSON.parse(await ask("vmalert", "/api/v1/alerts")) as { data: { alerts: LiveAlert[] } }).data.alerts;
    const calm = async (withinMs = calmWithin): Promise<void> => {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const live = await alerts().catch(() => []);
        const others = live.filter(({ name }) => name !== "DeadMansSwitch");
        if (live.length === 1 && others.length === 0) return;
        if (Date.now() > deadline) throw new Error(`no calm came: ${JSON.stringify(others)}`);
        await pause(500);
      }
    };
    for (const name of alwaysUsed)
      traffic.push(startTraffic(url(name), usedPaths[name] ?? "/", requestsPerSecond));
    await calm();
    return {
      client,
      fleet,
      url,
      access,
      address,
      machine: (part) => machine(part).id,
      told: async (since = 0) =>
        (await client.messages({ after: (since / 1_000).toFixed(6) }))
          .flatMap(read)
          .toSorted((a, b) => a.at - b.at),
      alerts,
      query: async (expression) =>
        JSON.parse(await ask("metrics", `/api/v1/query?query=${encodeURIComponent(expression)}`)) as unknown,
      journal: () => ask("journal", "/reliability.md"),
      calm,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fleet as hotdash } from "../../infra/fleet";
import type { Fleet } from "../../infra/model/fleet";
import { parseSettings, resolveFleet } from "../../infra/model/fleet";
import { partsUser, watchtowerParts, type WatchtowerPartName } from "../../infra/model/watchtower";
import { timeDivisor } from "../../ops/start/sandbox";
import { makeSandboxStack } from "../../ops/start/stack";
import type { SandboxClient } from "../../sandbox/client";
import { launchSandbox } from "../../sandbox/launch";
import { ensureToolchain } from "../../toolchain/setup";
import { deployEngines, partsPassword } from "./alert-engines";
import type { Told } from "./alert-messages";
import { messageReader } from "./alert-messages";
import { startTraffic } from "./alert-traffic";

type Part = Exclude<WatchtowerPartName, "gatus">;
const parts: readonly Part[] = ["metrics", "exporter", "json-exporter", "journal", "alertmanager", "vmalert"];

/** An alert as vmalert sees it now. */
export interface LiveAlert {
  readonly state: "pending" | "firing";
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The whole way from a fault to people: Fly with the fleet, the engines, Slack, mail and webhooks. */
export interface AlertRig {
  readonly client: SandboxClient;
  readonly fleet: Fleet;
  /** An app's public address. */
  url(app: string): string;
  /** The id of the machine that runs a part of the watchtower. */
  machine(part: Part): string;
  /** What Alertmanager has said in Slack, oldest first; since a time in milliseconds. */
  told(since?: number): Promise<readonly Told[]>;
  /** The alerts that vmalert holds, pending ones too. */
  alerts(): Promise<readonly LiveAlert[]>;
  /** A query of the store, for whoever looks for the cause of a failure. */
  query(expression: string): Promise<unknown>;
  /** The journal as people read it. */
  journal(): Promise<string>;
  stop(): Promise<void>;
}

/** Where each app is asked by people, and how often a second; those that sleep are left alone. */
export const usedPaths: Readonly<Record<string, string>> = {
  "hotdash-production": "/app",
  "hotdash-staging": "/app",
  "hotdash-chatwoot": "/api",
  "hotdash-llamaindex-mcp": "/health",
  "hotdash-agent-service": "/approvals",
};
const alwaysUsed = ["hotdash-production", "hotdash-staging", "hotdash-chatwoot"];
const requestsPerSecond = 6;

const readyWithin = 90_000;

export const startAlertRig = async (): Promise<AlertRig> => {
  const toolchain = await ensureToolchain({ quiet: true });
  const folder = mkdtempSync(path.join(tmpdir(), "flymon-alerts-"));
  const sandbox = await launchSandbox([
    "--fly",
    "on",
    "--fly-factor",
    String(timeDivisor),
    "--fly-hold",
    "1000",
  ]);
  const { client, announcement } = sandbox;
  const traffic: (() => void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of traffic) end();
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const { fly, slack, inbox, apps } = announcement;
    if (fly === undefined) throw new Error("the sandbox has no Fly");
    const url = (app: string): string => apps[app]?.url ?? "";
    const stack = await makeSandboxStack(
      toolchain,
      // Of the sandbox that ops/start runs itself the stack reads the addresses alone.
      announcement as unknown as Parameters<typeof makeSandboxStack>[1],
      folder,
    );
    await stack.run("up", () => undefined);
    const fleet = resolveFleet(
      hotdash,
      parseSettings("sandbox", {
        environment: "production",
        apps: hotdash.apps.map(({ declaration }) => declaration.name),
        timeDivisor,
        slackApiUrl: slack.apiUrl,
        addresses: Object.fromEntries(
          Object.entries(apps).flatMap(([name, app]) =>
            app.url.startsWith("http") ? [[name, app.url]] : [],
          ),
        ),
        watchtower: {
          app: "hotdash-watchtower",
          region: "ord",
          apiUrl: fly.apiUrl,
          prometheusUrl: fly.prometheusUrl,
          smtp: { host: inbox.smtp, from: "watchtower@hotdash.fly.dev", requireTls: false },
        },
        given: ["onCallWebhook", "heartbeatUrl"],
      }),
    );
    const machines = await deployEngines(
      fleet,
      fly,
      {
        slackToken: slack.token,
        flyToken: fly.readOnlyToken,
        onCallWebhook: `${inbox.hookUrl}/on-call`,
        heartbeatUrl: `${inbox.hookUrl}/heartbeat`,
      },
      parts,
    );
    const machine = (part: Part) => {
      const found = machines.get(part);
      if (found === undefined) throw new Error(`no machine ${part}`);
      return found;
    };
    const ask = async (part: Part, address: string): Promise<string> => {
      const response = await fetch(
        `http://${machine(part).private_ip}:${watchtowerParts[part].port}${address}`,
        {
          headers: {
            authorization: `Basic ${Buffer.from(`${partsUser}:${partsPassword}`).toString("base64")}`,
          },
          signal: AbortSignal.timeout(10_000),
        },
      );
      const text = await response.text();
      if (!response.ok) throw new Error(`${part}${address}: ${response.status} ${text}`);
      return text;
    };
    const read = messageReader(fleet);
    const rig: AlertRig = {
      client,
      fleet,
      url,
      machine: (part) => machine(part).id,
      told: async (since = 0) =>
        (await client.messages({ after: (since / 1_000).toFixed(6) }))
          .flatMap(read)
          .toSorted((a, b) => a.at - b.at),
      alerts: async () => {
        const { data } = JSON.parse(await ask("vmalert", "/api/v1/alerts")) as {
          data: { alerts: LiveAlert[] };
        };
        return data.alerts;
      },
      query: async (expression) =>
        JSON.parse(await ask("metrics", `/api/v1/query?query=${encodeURIComponent(expression)}`)) as unknown,
      journal: () => ask("journal", "/reliability.md"),
      stop,
    };
    for (const app of alwaysUsed)
      traffic.push(startTraffic(url(app), usedPaths[app] ?? "/", requestsPerSecond));
    await calm(rig, Date.now() + readyWithin);
    return rig;
  } catch (error) {
    await stop();
    throw error;
  }
};

/** Waits until nothing but the dead man's switch fires or is about to. */
const calm = async (rig: AlertRig, deadline: number): Promise<void> => {
  for (;;) {
    const live = await rig.alerts().catch(() => undefined);
    const others = live?.filter(({ name }) => name !== "DeadMansSwitch");
    if (live?.some(({ name }) => name === "DeadMansSwitch") === true && others?.length === 0) return;
    if (Date.now() > deadline) throw new Error(`no calm came: ${JSON.stringify(others)}`);
    await pause(500);
  }
};

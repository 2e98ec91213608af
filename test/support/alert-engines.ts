import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Fleet } from "../../infra/model/fleet";
import type { WatchtowerPartName } from "../../infra/model/watchtower";
import {
  guestFolder,
  partsUser,
  partUrl,
  watchtowerParts,
  watchtowerSecrets,
} from "../../infra/model/watchtower";
import { alertmanagerArguments } from "../../infra/render/alertmanager/arguments";
import { alertmanagerTexts } from "../../infra/render/alertmanager/texts";
import { alertTexts } from "../../infra/render/alerts/texts";
import { exporterTexts } from "../../infra/render/watchtower/exporter";
import { evaluationArguments, scrapeTexts, storeArguments } from "../../infra/render/watchtower/scrape";
import { repositoryRoot } from "../../toolchain/root";
import { callerOf, type MachineBody } from "./fly-sandbox";

const { bundle } = createRequire(import.meta.url)("../../toolchain/typescript.cjs") as {
  bundle: (entry: string, options: object) => string;
};

/** Between the parts of a watchtower that was deployed by hand. */
export const partsPassword = "between-the-parts";

type Part = Exclude<WatchtowerPartName, "gatus">;

const program = (name: "exporter" | "journal"): string =>
  readFileSync(
    bundle(path.join(repositoryRoot, "watchtower", name, "main.ts"), { packages: "bundle", minify: true }),
    "utf8",
  );

export interface EngineSecrets {
  readonly slackToken: string;
  readonly flyToken: string;
  readonly onCallWebhook: string;
  readonly heartbeatUrl: string;
}

interface Wish {
  readonly init: object;
  readonly files: ReadonlyMap<string, string>;
}

const below = (texts: ReadonlyMap<string, string>, from: string, to: string): [string, string][] =>
  [...texts].flatMap(([name, text]): [string, string][] =>
    name.startsWith(from) ? [[`${guestFolder}/${to}${name.slice(from.length)}`, text]] : [],
  );

const wishes = (fleet: Fleet, app: string): Readonly<Record<Part, Wish>> => {
  const at = (part: WatchtowerPartName): string => partUrl(app, part);
  const { settings } = fleet;
  const auth = (flag: string): string[] => [
    `-${flag}.basicAuth.username=${partsUser}`,
    `-${flag}.basicAuth.passwordFile=${watchtowerSecrets.partsPassword}`,
  ];
  return {
    metrics: {
      init: {
        cmd: [
          "-storageDataPath=/data",
          `-promscrape.config=${guestFolder}/metrics/scrape.yaml`,
          "-httpListenAddr=:8428",
          `-httpAuth.username=${partsUser}`,
          `-httpAuth.password=file://${watchtowerSecrets.partsPassword}`,
          "-inmemoryDataFlushInterval=1s",
          ...storeArguments(settings),
        ],
      },
      files: new Map(below(scrapeTexts(fleet), "metrics/", "metrics/")),
    },
    vmalert: {
      init: {
        cmd: [
          `-rule=${guestFolder}/vmalert/rules/*.yaml`,
          ...["datasource", "remoteRead", "remoteWrite"].flatMap((flag) => [
            `-${flag}.url=${at("metrics")}`,
            ...auth(flag),
          ]),
          `-notifier.url=${at("alertmanager")}`,
          "-httpListenAddr=:8880",

          ...evaluationArguments(settings),
        ],
      },
      files: new Map(below(alertTexts(fleet), "alerts/rules/", "vmalert/rules/")),
    },
    alertmanager: {
      init: { cmd: alertmanagerArguments(fleet) },
      files: new Map(below(alertmanagerTexts(fleet), "alertmanager/", "alertmanager/")),
    },
    exporter: {
      init: {
        exec: [
          "node",
          `${guestFolder}/exporter/main.cjs`,
          "--config",
          `${guestFolder}/exporter/config.json`,
          "--listen",
          ":9700",
        ],
      },
      files: new Map([
        [`${guestFolder}/exporter/main.cjs`, program("exporter")],
        ...below(exporterTexts(fleet), "exporter/", "exporter/"),
      ]),
    },
    "json-exporter": {
      init: { cmd: [`--config.file=${guestFolder}/json-exporter/config.yaml`, "--web.listen-address=:7979"] },
      files: new Map(below(exporterTexts(fleet), "json-exporter/", "json-exporter/")),
    },
    journal: {
      init: {
        exec: [
          "node",
          `${guestFolder}/journal/main.cjs`,
          "--file",
          "/data/reliability.md",
          "--user",
          partsUser,
          "--password-file",
          watchtowerSecrets.partsPassword,
        ],
      },
      files: new Map([[`${guestFolder}/journal/main.cjs`, program("journal")]]),
    },
  };
};

/** Deploys the watchtower's engines by hand. */
export const deployEngines = async (
  fleet: Fleet,
  fly: { readonly apiUrl: string; readonly token: string; readonly org: string },
  secrets: EngineSecrets,
  parts: readonly Part[],
): Promise<Map<Part, MachineBody>> => {
  const call = callerOf(fly.apiUrl, fly.token);
  const app = fleet.settings.watchtower?.app ?? "";
  await call("POST", "/apps", { app_name: app, org_slug: fly.org });
  const machines = new Map<Part, MachineBody>();
  const all = wishes(fleet, app);
  for (const part of parts) {
    const { init, files } = all[part];
    const { image } = watchtowerParts[part];
    let mounts: object[] = [];
    if ("volume" in watchtowerParts[part]) {
      const { body } = await call<{ id: string }>("POST", `/apps/${app}/volumes`, {
        name: part.replace("-", "_"),
        region: "ord",
      });
      mounts = [{ volume: body.id, path: "/data" }];
    }
    const secretFiles: [string, string][] = [
      [watchtowerSecrets.slackToken, secrets.slackToken],
      [watchtowerSecrets.flyToken, secrets.flyToken],
      [watchtowerSecrets.onCallWebhook, secrets.onCallWebhook],
      [watchtowerSecrets.heartbeatUrl, secrets.heartbeatUrl],
      [watchtowerSecrets.partsPassword, partsPassword],
    ];
    const { status, body } = await call<MachineBody>("POST", `/apps/${app}/machines`, {
      name: part,
      region: "ord",
      config: {
        image,
        init,
        guest: { cpu_kind: "shared", cpus: 1, memory_mb: 1024 },
        metadata: { fly_process_group: part },
        restart: { policy: "always" },
        files: [...files, ...secretFiles].map(([guest_path, text]) => ({
          guest_path,
          raw_value: Buffer.from(text).toString("base64"),
        })),
        ...(mounts.length > 0 && { mounts }),
      },
    });
    if (status !== 200) throw new Error(`${part}: ${status} ${JSON.stringify(body)}`);
    machines.set(part, body);
    await pause(1_100); // the API takes one create a second
  }
  return machines;
};

import type { MachineInputs } from "../../model/fly-resources";
import type { Fleet } from "../../model/fleet";
import { limits } from "../../model/limits";
import type { CheckSettings } from "../../model/machine-settings";
import type { Size } from "../../model/units";
import type { Watchtower, WatchtowerPartName } from "../../model/watchtower";
import { guestFolder, partsUser, partUrl, watchtowerParts, watchtowerSecrets } from "../../model/watchtower";
import { alertmanagerArguments } from "../alertmanager/arguments";
import { given } from "../alertmanager/given";
import { divided } from "../alerts/durations";
import { gatusEnvironment } from "../gatus";
import { evaluationArguments, storeArguments } from "./scrape";

/** Secrets that are files of the machines; `access` is the parts' password as the Prometheus family's servers want it. */
export const secretPaths = { ...watchtowerSecrets, access: `${guestFolder}/secrets/access.yaml` } as const;
export type WatchtowerSecret = keyof typeof secretPaths;

/** How a part runs as a machine, but for the contents of its files. */
export interface PartMachine {
  readonly memory: Size;
  readonly init: NonNullable<MachineInputs["init"]>;
  readonly env?: Readonly<Record<string, string>>;
  /** Variables that hold a secret, for a program that reads none from a file. */
  readonly secretEnv?: Readonly<Record<string, WatchtowerSecret>>;
  /** Secrets that it reads from files. */
  readonly secrets: readonly WatchtowerSecret[];
  /** Whether it is this project's own program, which comes as a file. */
  readonly isOwn: boolean;
  readonly check: CheckSettings;
  /** How long it may take to write down what it holds in memory when it is stopped. */
  readonly stopTimeout: "5s" | "30s";
}

/** Where this project's own program of a part lies in its machine. */
export const programPath = (part: WatchtowerPartName): string => `${guestFolder}/${part}/main.cjs`;

/** Where a written file lies in the machines, by its path below the stack's folder; undefined for all others. */
export const guestPathOf = (path: string): { part: WatchtowerPartName; guestPath: string } | undefined => {
  const [folder = "", ...rest] = path.split("/");
  if (folder === "alerts") {
    return rest[0] === "rules"
      ? { part: "vmalert", guestPath: `${guestFolder}/vmalert/${rest.join("/")}` }
      : undefined;
  }
  if (!Object.hasOwn(watchtowerParts, folder)) return undefined;
  return { part: folder as WatchtowerPartName, guestPath: `${guestFolder}/${path}` };
};

const password = `file://${secretPaths.partsPassword}`;

/** A server of the VictoriaMetrics family: on IPv6 too, which is all that Fly's private network speaks. */
const serves = (part: "metrics" | "vmalert"): string[] => [
  "-enableTCP6",
  `-httpListenAddr=:${watchtowerParts[part].port}`,
  `-httpAuth.username=${partsUser}`,
  `-httpAuth.password=${password}`,
];

const metricsArguments = ({ settings }: Fleet, { retentionDays }: Watchtower): string[] => [
  ...serves("metrics"),
  `-storageDataPath=${watchtowerParts.metrics.volume}`,
  `-retentionPeriod=${retentionDays}d`,
  `-promscrape.config=${guestFolder}/metrics/scrape.yaml`,
  ...storeArguments(settings),
];

/** The state of the alerts is kept in the store, where it is read again after a restart. */
const vmalertArguments = ({ settings }: Fleet, { app }: Watchtower): string[] => [
  ...serves("vmalert"),
  `-rule=${guestFolder}/vmalert/rules/*.yaml`,
  ...(["datasource", "remoteWrite", "remoteRead", "notifier"] as const).flatMap((peer) => [
    `-${peer}.url=${partUrl(app, peer === "notifier" ? "alertmanager" : "metrics")}`,
    `-${peer}.basicAuth.username=${partsUser}`,
    `-${peer}.basicAuth.passwordFile=${secretPaths.partsPassword}`,
  ]),
  `-external.url=${partUrl(app, "vmalert")}`,
  `-evaluationInterval=${divided(limits.alerts.evaluationInterval.warning, settings.timeDivisor)}`,
  ...evaluationArguments(settings),
];

const http = (part: WatchtowerPartName, path = "/health"): CheckSettings => ({
  type: "http",
  port: watchtowerParts[part].port,
  path,
  interval: "15s",
  timeout: "5s",
  grace_period: "10s",
});

/** Where every answer needs the password: a check cannot hold a secret. */
const tcp = (part: WatchtowerPartName): CheckSettings => ({
  type: "tcp",
  port: watchtowerParts[part].port,
  interval: "15s",
  timeout: "5s",
  grace_period: "10s",
});

const own = (part: "exporter" | "journal", args: readonly string[]): PartMachine["init"] => ({
  exec: ["node", programPath(part), ...args, "--listen", `:${watchtowerParts[part].port}`],
});

/** How each part of a stack's watchtower runs. Its engines are told by arguments, and secrets only by their paths. */
export const partMachines = (
  fleet: Fleet,
  watchtower: Watchtower,
): Readonly<Record<WatchtowerPartName, PartMachine>> => {
  const ways = given(fleet);
  const small = { memory: "256mb", isOwn: false, secrets: [], stopTimeout: "5s" } as const;
  return {
    metrics: {
      ...small,
      memory: "512mb",
      init: { cmd: metricsArguments(fleet, watchtower) },
      secrets: ["partsPassword", "flyToken"],
      check: http("metrics"),
      stopTimeout: "30s",
    },
    vmalert: {
      ...small,
      init: { cmd: vmalertArguments(fleet, watchtower) },
      secrets: ["partsPassword"],
      check: http("vmalert"),
    },
    alertmanager: {
      ...small,
      init: {
        cmd: [
          ...alertmanagerArguments(fleet),
          `--web.config.file=${secretPaths.access}`,
          `--web.external-url=${partUrl(watchtower.app, "alertmanager")}`,
        ],
      },
      secrets: [
        "access",
        "partsPassword",
        "slackToken",
        ...(ways.mail && watchtower.smtp?.username !== undefined ? (["smtpPassword"] as const) : []),
        ...(ways.onCall ? (["onCallWebhook"] as const) : []),
        ...(ways.heartbeat ? (["heartbeatUrl"] as const) : []),
      ],
      check: tcp("alertmanager"),
      stopTimeout: "30s",
    },
    exporter: {
      ...small,
      isOwn: true,
      init: own("exporter", ["--config", `${guestFolder}/exporter/config.json`]),
      secrets: ["partsPassword", "flyToken"],
      check: http("exporter"),
    },
    "json-exporter": {
      ...small,
      init: {
        cmd: [
          `--config.file=${guestFolder}/json-exporter/config.yaml`,
          `--web.config.file=${secretPaths.access}`,
          `--web.listen-address=:${watchtowerParts["json-exporter"].port}`,
        ],
      },
      secrets: ["access"],
      check: tcp("json-exporter"),
    },
    journal: {
      ...small,
      isOwn: true,
      init: own("journal", [
        ...["--file", `${watchtowerParts.journal.volume}/reliability.md`],
        ...["--user", partsUser, "--password-file", secretPaths.partsPassword],
      ]),
      secrets: ["partsPassword"],
      check: http("journal"),
    },
    gatus: {
      ...small,
      init: {},
      env: {
        GATUS_CONFIG_PATH: `${guestFolder}/gatus/config.yaml`,
        [gatusEnvironment.storagePath]: `${watchtowerParts.gatus.volume}/gatus.db`,
        // Gatus listens on IPv4 alone unless told; it puts the value into YAML, where [::] bare would be a list.
        [gatusEnvironment.address]: '"[::]"',
        [gatusEnvironment.port]: String(watchtowerParts.gatus.port),
      },
      secretEnv: { [gatusEnvironment.slackToken]: "slackToken" },
      check: http("gatus"),
    },
  };
};

/** The pages of the parts that have one, by part; on the private network. */
export const partPages = ({ app }: Pick<Watchtower, "app">): Readonly<Record<string, string>> => ({
  vmalert: `${partUrl(app, "vmalert")}/vmalert/groups`,
  alertmanager: partUrl(app, "alertmanager"),
  metrics: `${partUrl(app, "metrics")}/vmui`,
  gatus: partUrl(app, "gatus"),
  journal: `${partUrl(app, "journal")}/reliability.md`,
});

/** The parts' password for a server of the Prometheus family: --web.config.file=THIS. */
export const accessText = (passwordHash: string): string =>
  `basic_auth_users:\n  ${partsUser}: '${passwordHash}'\n`;

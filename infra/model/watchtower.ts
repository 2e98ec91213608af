import { z } from "zod";
import { limits } from "./limits";
import { matching } from "./matching";

/** A program of the watchtower: a process group of its Fly app, one machine each. */
export interface WatchtowerPart {
  /** Its container image; the tag is the version that toolchain/engines pins. */
  readonly image: string;
  /** Where it listens, on the private network only. */
  readonly port: number;
  /** Where its volume is mounted: what must survive a restart. */
  readonly volume?: string;
}

/** The image of the parts that are this project's own programs. */
const ownPrograms = "node:20-alpine";

export const watchtowerParts = {
  /** Keeps Fly's metrics, the exporters' and the state of the alerts. */
  metrics: { image: "victoriametrics/victoria-metrics:v1.140.0", port: 8428, volume: "/data" },
  /** Evaluates the rules. */
  vmalert: { image: "victoriametrics/vmalert:v1.140.0", port: 8880 },
  /** Tells people. */
  alertmanager: { image: "prom/alertmanager:v0.31.1", port: 9093, volume: "/data" },
  /** Publishes what Fly's metrics do not tell: watchtower/exporter. */
  exporter: { image: ownPrograms, port: 9700 },
  /** Turns JSON answers of apps into metrics. */
  "json-exporter": { image: "prometheuscommunity/json-exporter:v0.7.0", port: 7979 },
  /** Logs notices as lines of feedback/reliability.md: watchtower/journal. */
  journal: { image: ownPrograms, port: 9701, volume: "/data" },
  /** Watches from outside the apps. */
  gatus: { image: "ghcr.io/twin/gatus:v5.36.0", port: 8080, volume: "/data" },
} as const satisfies Record<string, WatchtowerPart>;

export type WatchtowerPartName = keyof typeof watchtowerParts;
export const watchtowerPartNames = Object.keys(watchtowerParts) as WatchtowerPartName[];

/** The name of a part on Fly's private network; the sandbox puts the machine's address in its place. */
export const partHost = (app: string, part: WatchtowerPartName): string => `${part}.process.${app}.internal`;

/** Where another part reaches it. */
export const partUrl = (app: string, part: WatchtowerPartName): string =>
  `http://${partHost(app, part)}:${watchtowerParts[part].port}`;

/** The folder in which a part finds its files. */
export const guestFolder = "/etc/flymon";

/**
 * Secrets that are files of the machines, so that no configuration holds one. The first two the stack has anyway;
 * `watchtower:<name>` of the stack's configuration gives the others, and a receiver without its secret is left out.
 */
export const watchtowerSecrets = {
  slackToken: `${guestFolder}/secrets/slack-token`,
  /** A read-only token of the organization: `fly tokens create readonly`. */
  flyToken: `${guestFolder}/secrets/fly-token`,
  smtpPassword: `${guestFolder}/secrets/smtp-password`,
  /** The on-call backend's incoming webhook: who is on call is called by it. */
  onCallWebhook: `${guestFolder}/secrets/on-call-webhook`,
  /** The heartbeat outside that alarms when the watchtower falls silent. */
  heartbeatUrl: `${guestFolder}/secrets/heartbeat-url`,
  /** Between the parts; made by the stack. */
  partsPassword: `${guestFolder}/secrets/parts-password`,
} as const;

/** The user that the parts know each other by. */
export const partsUser = "flymon";

export const givenSecrets = ["flyToken", "smtpPassword", "onCallWebhook", "heartbeatUrl"] as const;

const hostPort = matching(/^[\w.-]+:\d+$/, "a host and its port", 'write it as "smtp.example.com:587"');

/** How e-mails leave. */
export const smtpSchema = z.strictObject({
  host: hostPort,
  from: matching(/^[^\s@]+@[^\s@]+$/, "an e-mail address", "write it as name@domain"),
  /** Absent where the server asks for none. */
  username: z.string().min(1).optional(),
  /** Only a sandbox's server goes without. */
  requireTls: z.boolean().default(true),
});

/** The watchtower of a stack. */
export const watchtowerSchema = z.strictObject({
  /** The Fly app it runs as; must be free or this stack's own. */
  app: matching(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and dashes", "rename it").max(
    limits.appNameLength,
  ),
  org: z.string().min(1).default("personal"),
  /** Best another one than the apps': it must see their region fail. */
  region: z.string().length(3),
  /** GB of each volume. */
  volumeSize: z.int().min(limits.fly.volume.size.min).max(limits.fly.volume.size.max).default(3),
  /** What becomes of the volumes on destroy: what is on them cannot be made again. */
  volumesOnDestroy: z.enum(["keep", "delete"]).default("keep"),
  /** How long metrics are kept, days; Fly itself keeps about 15. */
  retentionDays: z.int().min(1).max(3_650).default(90),
  /** The Machines API as the exporter asks it. */
  apiUrl: z.url({ protocol: /^https?$/ }).default("https://api.machines.dev"),
  /** Fly's managed metrics; those of the organization where not given. */
  prometheusUrl: z.url({ protocol: /^https?$/ }).optional(),
  smtp: smtpSchema.optional(),
});
export type Watchtower = z.output<typeof watchtowerSchema>;

/** Where Fly's managed metrics are read. */
export const prometheusUrl = ({ org, prometheusUrl: given }: Watchtower): string =>
  given ?? `https://api.fly.io/prometheus/${org}`;

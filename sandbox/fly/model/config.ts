import { z } from "zod";
import { goDurationSchema, goText, type GoDuration } from "./go-duration";

const header = z.looseObject({ name: z.string().min(1), values: z.array(z.string()) });

const check = z.looseObject({
  type: z.enum(["http", "tcp"]),
  port: z.int().min(1).max(65_535).optional(),
  interval: goDurationSchema.optional(),
  timeout: goDurationSchema.optional(),
  grace_period: goDurationSchema.optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  protocol: z.enum(["http", "https"]).optional(),
  headers: z.array(header).optional(),
});

const autostop = z.union([z.boolean(), z.enum(["off", "stop", "suspend"])]);

const service = z.looseObject({
  protocol: z.enum(["tcp", "udp"]).optional(),
  internal_port: z.int().min(1).max(65_535),
  autostop: autostop.optional(),
  autostart: z.boolean().optional(),
  min_machines_running: z.int().min(0).optional(),
  concurrency: z
    .looseObject({
      type: z.enum(["connections", "requests"]).optional(),
      soft_limit: z.int().min(0).optional(),
      hard_limit: z.int().min(0).optional(),
    })
    .optional(),
  ports: z
    .array(
      z.looseObject({
        port: z.int().min(1).max(65_535).optional(),
        handlers: z.array(z.string()).nullish(),
        force_https: z.boolean().optional(),
      }),
    )
    .nullish(),
  checks: z.array(check).nullish(),
});

const guest = z.looseObject({
  cpu_kind: z.enum(["shared", "performance"]).default("shared"),
  cpus: z.int().min(1).default(1),
  memory_mb: z.int().min(1).default(256),
});

/** A machine's config. Loose on purpose: what is not known here is kept and handed back as it came. */
export const machineConfigSchema = z.looseObject({
  image: z.string().min(1),
  env: z.record(z.string(), z.string()).nullish(),
  init: z
    .looseObject({
      exec: z.array(z.string()).nullish(),
      entrypoint: z.array(z.string()).nullish(),
      cmd: z.array(z.string()).nullish(),
    })
    .optional(),
  guest: guest.default({ cpu_kind: "shared", cpus: 1, memory_mb: 256 }),
  services: z.array(service).nullish(),
  checks: z.record(z.string(), check).nullish(),
  restart: z
    .looseObject({
      policy: z.enum(["no", "on-failure", "always"]).optional(),
      max_retries: z.int().min(0).optional(),
    })
    .optional(),
  stop_config: z
    .looseObject({ signal: z.string().optional(), timeout: goDurationSchema.optional() })
    .nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  metrics: z.looseObject({ port: z.int(), path: z.string() }).nullish(),
  mounts: z.array(z.looseObject({ volume: z.string().optional(), path: z.string() })).nullish(),
  files: z
    .array(
      z.looseObject({
        guest_path: z.string().startsWith("/"),
        raw_value: z.string().optional(),
        mode: z.int().optional(),
      }),
    )
    .nullish(),
  auto_destroy: z.boolean().optional(),
  standbys: z.array(z.string()).nullish(),
  disable_machine_autostart: z.boolean().optional(),
});

export type MachineConfig = z.infer<typeof machineConfigSchema>;
export type ServiceConfig = NonNullable<MachineConfig["services"]>[number];
export type CheckConfig = z.infer<typeof check>;
export type Autostop = "off" | "stop" | "suspend";

// Source: fly-go's presets; the steps are those of `fly machine update`.
const guests = {
  shared: { cpus: [1, 2, 4, 6, 8], min: 256, max: 2_048, step: 256 },
  performance: { cpus: [1, 2, 4, 6, 8, 10, 12, 14, 16], min: 2_048, max: 8_192, step: 1_024 },
} as const;

const guestMistake = ({ cpu_kind, cpus, memory_mb }: MachineConfig["guest"]): string | undefined => {
  const { min, max, step, cpus: offered } = guests[cpu_kind];
  if (!offered.some((count) => count === cpus))
    return `invalid config.guest.cpus: ${cpu_kind} machines have ${offered.join(", ")} CPUs`;
  if (memory_mb < min * cpus || memory_mb > max * cpus || memory_mb % step !== 0)
    return `invalid config.guest.memory_mb: ${memory_mb} is not a multiple of ${step} from ${min * cpus} to ${max * cpus}`;
  return undefined;
};

export type ReadConfig = { readonly config: MachineConfig } | { readonly mistake: string };

/** Reads what a request carries as config. */
export const readConfig = (value: unknown): ReadConfig => {
  const parsed = machineConfigSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { mistake: `invalid config.${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not an object"}` };
  }
  const mistake = guestMistake(parsed.data.guest);
  if (mistake !== undefined) return { mistake };
  const portless = Object.entries(parsed.data.checks ?? {}).find(([, { port }]) => port === undefined);
  return portless === undefined
    ? { config: parsed.data }
    : { mistake: `invalid config.checks.${portless[0]}: port is required` };
};

/** What happens to an idle machine of this service. */
export const autostopOf = ({ autostop: value = "off" }: ServiceConfig): Autostop =>
  value === true ? "stop" : value === false ? "off" : value;

/** The group of processes that a machine belongs to. */
export const processGroupOf = (config: MachineConfig): string => config.metadata?.fly_process_group ?? "app";

const shownCheck = (shown: CheckConfig): CheckConfig => {
  const text = (duration: GoDuration | undefined) => (duration === undefined ? undefined : goText(duration));
  return {
    ...shown,
    interval: text(shown.interval),
    timeout: text(shown.timeout),
    grace_period: text(shown.grace_period),
  };
};

/** A config as the API hands it back: off and stop as booleans, durations as Go prints them. */
export const shownConfig = (config: MachineConfig): MachineConfig => ({
  ...config,
  init: config.init ?? {},
  ...(config.services && {
    services: config.services.map((shown) => ({
      ...shown,
      ...(shown.autostop !== undefined && {
        autostop: autostopOf(shown) === "suspend" ? "suspend" : autostopOf(shown) === "stop",
      }),
      ...(shown.checks && { checks: shown.checks.map(shownCheck) }),
    })),
  }),
  ...(config.checks && {
    checks: Object.fromEntries(
      Object.entries(config.checks).map(([name, value]) => [name, shownCheck(value)]),
    ),
  }),
});

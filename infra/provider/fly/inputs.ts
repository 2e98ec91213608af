import { z } from "zod";
import { limits } from "../../model/limits";
import type { CheckSettings, GroupSettings, MachineSettingsInputs } from "../../model/machine-settings";
import { isDuration, milliseconds, type Duration } from "../../model/units";
import { plainCheck } from "./check-settings";
import { plainDuration } from "./go-duration";
import { present } from "./plain";

export const duration = z.custom<Duration>(
  (value) => typeof value === "string" && isDuration(value),
  'must be a duration with its unit, such as "30s"',
);

/** A duration within bounds; Fly changes others in silence, and so every later run would find a difference. */
const between = ({ min, max }: { readonly min?: Duration; readonly max?: Duration }) =>
  duration.refine(
    (value) =>
      !isDuration(value) ||
      (milliseconds(value) >= milliseconds(min ?? "0s") &&
        milliseconds(value) <= milliseconds(max ?? "365d")),
    `must be ${min ? `${min} or longer` : ""}${min && max ? ", and " : ""}${max ? `${max} or shorter` : ""}`,
  );

export const whole = (least: number): z.ZodInt =>
  z.int("must be a whole number").min(least, `must be ${least} or more`);
export const port = z
  .int("must be a port number")
  .min(limits.ports.min, `must be ${limits.ports.min} or more`)
  .max(limits.ports.max, `must be ${limits.ports.max} or less`);

const http = {
  type: z.enum(["http", "tcp"], 'must be "http" or "tcp"'),
  method: z.string("must be a method, such as GET").optional(),
  path: z.string("must be a path").regex(/^\//, 'must start with "/"').optional(),
  protocol: z.enum(["http", "https"], 'must be "http" or "https"').optional(),
  tls_skip_verify: z.boolean("must be true or false").optional(),
  tls_server_name: z.string("must be a name").optional(),
  headers: z.record(z.string(), z.string("must be a text"), "must be a table of texts").optional(),
};
const isNone = (value: unknown): boolean => typeof value === "string" && plainDuration(value) === undefined;
const { serviceCheck: bounds, topLevelCheck } = limits.fly;

const serviceCheck = z.strictObject({
  ...http,
  port: port.optional(),
  interval: between(bounds),
  timeout: between(bounds),
  grace_period: z
    .union([z.custom<Duration>(isNone), between(bounds)], `must be 0s, or ${bounds.min} to ${bounds.max}`)
    .optional(),
});
const topCheck = z.strictObject({
  ...http,
  port,
  interval: between(topLevelCheck.interval),
  timeout: between(topLevelCheck.timeout),
  grace_period: duration.optional(),
  kind: z.enum(["informational", "readiness"], 'must be "informational" or "readiness"').optional(),
});

export const service = z.strictObject({
  internal_port: port,
  protocol: z.enum(["tcp", "udp"], 'must be "tcp" or "udp"').default("tcp"),
  autostop: z.enum(["off", "stop", "suspend"], 'must be "off", "stop" or "suspend"').optional(),
  autostart: z.boolean("must be true or false").optional(),
  min_machines_running: whole(0).optional(),
  concurrency: z
    .strictObject({
      type: z.enum(["connections", "requests"], 'must be "connections" or "requests"'),
      soft_limit: whole(1),
      hard_limit: whole(1).optional(),
    })
    .optional(),
  checks: z.array(serviceCheck, "must be a list of checks").optional(),
});

export const group = z.strictObject({
  checks: z.record(z.string(), topCheck, "must be a table of checks by name").optional(),
  services: z.array(service, "must be a list of services").optional(),
  guest: z
    .strictObject({
      cpu_kind: z.enum(["shared", "performance"], 'must be "shared" or "performance"'),
      cpus: whole(1),
      memory_mb: whole(limits.memoryPerCpu.shared.min),
    })
    .optional(),
  restart: z
    .strictObject({
      policy: z.enum(["no", "on-failure", "always"], 'must be "no", "on-failure" or "always"'),
      max_retries: whole(0).optional(),
    })
    .optional(),
  metrics: z
    .strictObject({ port, path: z.string("must be a path"), https: z.boolean().optional() })
    .optional(),
  count: whole(1).optional(),
  removeSurplus: z.boolean("must be true or false").optional(),
});

export const machineSettingsSchema = z.strictObject({
  app: z
    .string("must be the app's name")
    .regex(/^[a-z0-9][a-z0-9-]*$/, "must be the app's name on Fly: lower-case letters, digits and dashes")
    .max(limits.appNameLength, `must have at most ${limits.appNameLength} characters`)
    .describe("The app's name on Fly."),
  primaryRegion: z
    .string("must be a region")
    .optional()
    .describe("The region that min_machines_running speaks of."),
  waitTimeout: duration
    .default("5m")
    .describe("How long a machine may take to be started with all checks passing."),
  processGroups: z
    .record(z.string(), group, "must be a table of process groups by name")
    .describe("What each process group's machines are set to; what is not declared stays as it is."),
});

const plainGroup = (settings: GroupSettings): GroupSettings =>
  present({
    ...settings,
    checks:
      settings.checks &&
      Object.fromEntries(Object.entries(settings.checks).map(([name, check]) => [name, plainCheck(check)])),
    services: settings.services?.map((declared) =>
      present({
        ...declared,
        concurrency: declared.concurrency && present(declared.concurrency),
        checks: declared.checks?.map((check): CheckSettings => plainCheck(check, declared.internal_port)),
      }),
    ),
    restart: settings.restart && present(settings.restart),
    metrics: settings.metrics && {
      port: settings.metrics.port,
      path: settings.metrics.path,
      ...(settings.metrics.https === true && { https: true }),
    },
    removeSurplus: settings.removeSurplus === true ? true : undefined,
  });

/** The declaration in the one form in which machines are read too. */
export const plainInputs = (inputs: MachineSettingsInputs): MachineSettingsInputs =>
  present({
    ...inputs,
    processGroups: Object.fromEntries(
      Object.entries(inputs.processGroups).map(([name, settings]) => [name, plainGroup(settings)]),
    ),
  });

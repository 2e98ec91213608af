import { z } from "zod";
import { pathSchema, portSchema, serviceCheckSchema, topLevelCheckSchema } from "./health-check";
import { limits } from "./limits";
import { mebibytes, sizeSchema } from "./units";

/** Size of a group's machines, always written whole: Fly resets what a partial `[[vm]]` leaves out. */
export const vmSchema = z
  .strictObject({
    cpuKind: z.enum(["shared", "performance"]),
    cpus: z.int().min(1),
    memory: sizeSchema,
  })
  .superRefine((vm, context) => {
    const counts: readonly number[] = limits.cpus[vm.cpuKind];
    if (!counts.includes(vm.cpus)) {
      const offered = counts.join(", ");
      context.addIssue({
        code: "custom",
        path: ["cpus"],
        params: { limit: `${offered} for cpuKind "${vm.cpuKind}"`, mend: `choose one of ${offered}` },
      });
      return;
    }
    const { min, max, step } = limits.memoryPerCpu[vm.cpuKind];
    const memory = mebibytes(vm.memory);
    if (memory < min * vm.cpus || memory > max * vm.cpus || memory % step !== 0) {
      const allowed = `${min * vm.cpus}mb to ${max * vm.cpus}mb in steps of ${step}mb for ${vm.cpus} ${vm.cpuKind} CPU`;
      context.addIssue({
        code: "custom",
        path: ["memory"],
        params: { limit: allowed, mend: "choose a size in that range, or another number of CPUs" },
      });
    }
  });
export type Vm = z.infer<typeof vmSchema>;

/** Fly balances by these: above the soft limit other machines are preferred or started, at the hard limit none is routed. */
export const concurrencySchema = z
  .strictObject({
    type: z.enum(["connections", "requests"]),
    softLimit: z.int().min(1),
    hardLimit: z.int().min(1),
  })
  .refine((concurrency) => concurrency.softLimit <= concurrency.hardLimit, {
    path: ["softLimit"],
    params: { limit: "no more than hardLimit", mend: "lower softLimit or raise hardLimit" },
  });

const serviceCommon = {
  internalPort: portSchema,
  checks: z.array(serviceCheckSchema).default([]),
};

/** HTTP on 80 and 443: written as `[http_service]`. */
const httpServiceSchema = z.strictObject({
  ...serviceCommon,
  kind: z.literal("http"),
  /** Send http:// to https://. */
  forceHttps: z.boolean().default(true),
});

/** Ports of one's own choice: written as `[[services]]`. */
const portServiceSchema = z.strictObject({
  ...serviceCommon,
  kind: z.enum(["tcp", "udp"]),
  ports: z
    .array(
      z.strictObject({
        port: portSchema,
        handlers: z.array(z.enum(["http", "tls", "pg_tls", "proxy_proto", "edge_http"])).default([]),
        forceHttps: z.boolean().optional(),
      }),
    )
    .min(1),
});

export const serviceSchema = z.discriminatedUnion("kind", [httpServiceSchema, portServiceSchema]);
export type Service = z.infer<typeof serviceSchema>;

/** How many machines run: Fly's proxy starts and stops between these, it never creates one. */
export const autoscalingSchema = z
  .strictObject({
    /** Kept running in the primary region. Comes into force with auto-stop. */
    minMachinesRunning: z.int().min(0),
    /** Machines that exist in the group: Fly's only ceiling. */
    maxMachines: z.int().min(1),
    /** Whether an apply destroys machines above maxMachines; if not, they stay and are warned of. */
    removeSurplusMachines: z.boolean().default(false),
    concurrency: concurrencySchema.optional(),
  })
  .refine((scaling) => scaling.minMachinesRunning <= scaling.maxMachines, {
    path: ["minMachinesRunning"],
    params: { limit: "no more than maxMachines", mend: "lower minMachinesRunning or raise maxMachines" },
  });
export type Autoscaling = z.infer<typeof autoscalingSchema>;

export const autoStopSchema = z.strictObject({
  autoStopMachines: z.enum(["off", "stop", "suspend"]),
  autoStartMachines: z.boolean(),
});
export type AutoStop = z.infer<typeof autoStopSchema>;

/** What a group is for: `worker` has the runbook's memory floor. */
export const roles = ["web", "worker", "database", "service"] as const;

const absentWithoutServices = {
  limit: "only in a group with services: Fly applies it to services",
  mend: "remove it and set machines instead, or declare the group's service",
};

export const processGroupSchema = z
  .strictObject({
    role: z.enum(roles),
    /** The command of `[processes]`; needed in an app with several groups. */
    command: z.string().min(1).optional(),
    /** Absent: Fly's present size is left as it is. */
    vm: vmSchema.optional(),
    services: z.array(serviceSchema).default([]),
    /** Top-level checks of this group. */
    checks: z.array(topLevelCheckSchema).default([]),
    autoscaling: autoscalingSchema.optional(),
    autoStop: autoStopSchema.optional(),
    /** Number of machines of a group without services. */
    machines: z.int().min(1).optional(),
    restart: z
      .strictObject({ policy: z.enum(["always", "never", "on-failure"]), retries: z.int().min(0).optional() })
      .optional(),
    /** Where the app answers Prometheus; Fly scrapes it every 15 s. */
    metrics: z.strictObject({ port: portSchema, path: pathSchema, https: z.boolean().optional() }).optional(),
  })
  .superRefine((group, context) => {
    const served = group.services.length > 0;
    for (const field of ["autoscaling", "autoStop"] as const) {
      if (!served && group[field] !== undefined) {
        context.addIssue({ code: "custom", path: [field], params: absentWithoutServices });
      }
      if (served && group[field] === undefined) {
        context.addIssue({
          code: "custom",
          path: [field],
          params: {
            limit: "needed in a group with services",
            mend: `declare ${field}: Fly's own defaults are not seen by anyone`,
          },
        });
      }
    }
    if (served && group.machines !== undefined) {
      context.addIssue({
        code: "custom",
        path: ["machines"],
        params: {
          limit: "only in a group without services",
          mend: "remove it; autoscaling.maxMachines is the number of machines",
        },
      });
    }
    group.services.forEach(({ kind, checks }, service) => {
      checks.forEach(({ type }, check) => {
        if (kind !== "http" || type === "http") return;
        context.addIssue({
          code: "custom",
          path: ["services", service, "checks", check, "type"],
          params: {
            limit: '"http" in a service of kind "http": [http_service] has no TCP checks',
            mend: 'declare an HTTP check, or the service as kind "tcp" with its ports',
          },
        });
      });
    });
    const names = [...group.services.flatMap((service) => service.checks), ...group.checks].map(
      ({ name }) => name,
    );
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated !== undefined) {
      context.addIssue({
        code: "custom",
        path: ["checks"],
        params: { limit: `check names that differ; "${repeated}" is used twice`, mend: "rename one of them" },
      });
    }
  });
export type ProcessGroup = z.infer<typeof processGroupSchema>;

import { z } from "zod";
import type { MachineInputs, MachineService } from "../../../model/fly-resources";
import { limits } from "../../../model/limits";
import { isSize, mebibytes, type Size } from "../../../model/units";
import { containsUnknown, type Properties } from "../../properties";
import { plainCheck } from "../check-settings";
import { plainDuration } from "../go-duration";
import { duration, group, port, service, whole } from "../inputs";
import { appName, region } from "../names";
import { present } from "../plain";

const texts = z.array(z.string("must be a text"), "must be a list of texts");
const guestPath = /^\/(?!.*(^|\/)\.\.?(\/|$)).*[^/]$/;

/** A table whose keys must look like `pattern`. */
const table = <Value extends z.ZodType>(value: Value, what: string, pattern: RegExp, keys: string) =>
  z.record(z.string(), value, `must be a table of ${what}`).superRefine((entries, context) => {
    for (const key of Object.keys(entries)) {
      if (!pattern.test(key)) context.addIssue({ code: "custom", path: [key], message: keys });
    }
  });

const file = z.strictObject({
  content: z.string("must be a text"),
  mode: whole(0).max(0o7777, "must be permission bits, such as 0o600").optional(),
});

const servicePort = z.strictObject({
  port,
  handlers: texts.optional(),
  force_https: z.boolean("must be true or false").optional(),
});

/** Metadata keys that have a property of their own, or are set by this provider. */
const reserved = { group: "fly_process_group", mark: "flymon_resource" } as const;
export const { group: groupKey, mark: markKey } = reserved;

const guestIssue = ({ cpuKind, cpus, memory }: Pick<MachineInputs, "cpuKind" | "cpus" | "memory">) => {
  const offered: readonly number[] = limits.cpus[cpuKind];
  if (!offered.includes(cpus)) {
    return { path: ["cpus"], message: `must be one of ${offered.join(", ")} for ${cpuKind} CPUs` };
  }
  const { min, max, step } = limits.memoryPerCpu[cpuKind];
  const mebi = mebibytes(memory);
  if (mebi >= min * cpus && mebi <= max * cpus && mebi % step === 0) return undefined;
  const message = `must be a multiple of ${step}mb from ${sizeOf(min * cpus)} to ${sizeOf(max * cpus)} for ${cpus} ${cpuKind} ${cpus === 1 ? "CPU" : "CPUs"}`;
  return { path: ["memory"], message };
};

export const machineSchema = z
  .strictObject({
    app: appName.describe("The app's name."),
    name: z
      .string("must be the machine's name")
      .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/i, "must have 1 to 63 letters, digits, dashes and underscores")
      .describe("The machine's name, unique in the app."),
    region: region.describe("The region."),
    image: z.string("must be an image").min(1, "must not be empty").describe("The container image."),
    cpuKind: z
      .enum(["shared", "performance"], 'must be "shared" or "performance"')
      .describe("The kind of CPUs."),
    cpus: whole(1).describe("How many CPUs."),
    memory: z
      .custom<Size>(
        (value) => typeof value === "string" && isSize(value),
        'must be a size with its unit, such as "512mb"',
      )
      .describe('Memory, such as "512mb".'),
    env: table(
      z.string("must be a text"),
      "texts",
      /^[A-Za-z_]\w*$/,
      "is not a variable's name: letters, digits and underscores",
    )
      .optional()
      .describe("Environment variables by name; those that are not declared stay as they are."),
    files: table(file, "files by path", guestPath, "is not a file's absolute path in the machine")
      .optional()
      .describe("Files by their absolute path in the machine, placed before its program starts."),
    init: z
      .strictObject({ exec: texts.optional(), entrypoint: texts.optional(), cmd: texts.optional() })
      .optional()
      .describe("What runs instead of the image's own command."),
    mount: z
      .strictObject({
        volumeId: z.string("must be a volume's id").min(1, "must not be empty"),
        path: z.string("must be a path").regex(guestPath, "must be an absolute path, and not /"),
      })
      .optional()
      .describe("A volume, and where the machine finds it."),
    processGroup: z
      .string("must be a process group")
      .min(1, "must not be empty")
      .optional()
      .describe("The process group, by which the private network finds it."),
    metadata: table(
      z.string("must be a text"),
      "texts",
      new RegExp(`^(?!(${Object.values(reserved).join("|")})$)`),
      `is not for metadata: ${reserved.group} is set by processGroup, ${reserved.mark} by flymon`,
    )
      .optional()
      .describe("Metadata by key; what is not declared stays as it is."),
    services: z
      .array(service.extend({ ports: z.array(servicePort).optional() }), "must be a list of services")
      .optional()
      .describe("Services by port and protocol, with what Fly's proxy does for them."),
    checks: group.shape.checks.describe("Top-level checks by name."),
    metrics: group.shape.metrics.describe("Where Fly scrapes the machine's metrics."),
    restart: group.shape.restart.describe("What happens when its program ends."),
    stopConfig: z
      .strictObject({
        signal: z.string("must be a signal").regex(/^SIG/, 'must be a signal, such as "SIGTERM"').optional(),
        timeout: duration.optional(),
      })
      .optional()
      .describe("How it is stopped."),
    waitTimeout: duration
      .default("5m")
      .describe("How long it may take to be started with all checks passing."),
  })
  .superRefine((inputs, context) => {
    const issue = guestIssue(inputs);
    if (issue !== undefined) context.addIssue({ code: "custom", ...issue });
  });

export const sizeOf = (mebi: number): Size => (mebi % 1024 === 0 ? `${mebi / 1024}gb` : `${mebi}mb`);

export const plainService = (declared: MachineService): MachineService =>
  present({
    ...declared,
    concurrency: declared.concurrency && present(declared.concurrency),
    checks: declared.checks?.map((check) => plainCheck(check, declared.internal_port)),
    ports: declared.ports?.map((item) =>
      present({ ...item, force_https: item.force_https === true ? true : undefined }),
    ),
  });

const plain: { readonly [Key in keyof MachineInputs]?: (value: NonNullable<MachineInputs[Key]>) => unknown } =
  {
    memory: (memory) => sizeOf(mebibytes(memory)),
    files: (files) => Object.fromEntries(Object.entries(files).map(([at, item]) => [at, present(item)])),
    init: present,
    services: (services) => services.map(plainService),
    checks: (checks) =>
      Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, plainCheck(check)])),
    metrics: (metrics) => present({ ...metrics, https: metrics.https === true ? true : undefined }),
    restart: present,
    stopConfig: ({ signal, timeout }) =>
      present({ signal, timeout: timeout && (plainDuration(timeout) ?? timeout) }),
  };

/** The declaration in the one form in which a machine is read too; what is not known yet stays as it is. */
export const plainMachine = (inputs: MachineInputs): MachineInputs => {
  const properties: Properties = inputs;
  return present(
    Object.fromEntries(
      Object.entries(properties).map(([name, value]) => {
        const form = plain[name as keyof MachineInputs] as ((value: unknown) => unknown) | undefined;
        return [
          name,
          form === undefined || value === undefined || containsUnknown(value) ? value : form(value),
        ];
      }),
    ),
  ) as MachineInputs;
};

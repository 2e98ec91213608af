import * as z from "zod/mini";

/** How a program on a machine ended. */
export interface Exit {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly failed: boolean;
  readonly oomKilled: boolean;
  /** Somebody, or Fly's proxy, asked for it. */
  readonly requested: boolean;
  /** Fly's restart policy starts it again. */
  readonly restarting: boolean;
}

/** A health check of a machine. */
export interface Check {
  readonly name: string;
  readonly status: "passing" | "warning" | "critical";
  /** Of the latest change of its status, milliseconds since 1970; 0 where the API does not tell. */
  readonly since: number;
}

/** What the metrics say of a machine. */
export interface Machine {
  readonly id: string;
  readonly state: string;
  readonly region: string;
  readonly privateIp: string;
  /** Undefined where the API does not tell. */
  readonly processGroup: string | undefined;
  readonly checks: readonly Check[];
  /** The latest first. */
  readonly exits: readonly Exit[];
}

// Whatever is odd about a detail costs that detail; an answer whose machines cannot be told apart is none.
const text = z.catch(z.string(), "");
const flag = z.catch(z.boolean(), false);
const number = z.catch(z.number(), 0);
const moment = z.catch(z.union([z.string(), z.number()]), "");

const exitSchema = z.object({
  exit_code: number,
  oom_killed: flag,
  requested_stop: flag,
  restarting: flag,
  exited_at: moment,
});
const exitOrNone = z.catch(z.nullish(exitSchema), undefined);

const eventSchema = z.catch(
  z.object({
    timestamp: number,
    request: z.catch(
      z.nullish(
        z.object({
          exit_event: exitOrNone,
          MonitorEvent: z.catch(z.nullish(z.object({ exit_event: exitOrNone })), undefined),
        }),
      ),
      undefined,
    ),
  }),
  { timestamp: 0 },
);

const checkSchema = z.catch(
  z.nullish(z.object({ name: text, status: z.enum(["passing", "warning", "critical"]), updated_at: moment })),
  undefined,
);

const configSchema = z.catch(
  z.nullish(z.object({ metadata: z.catch(z.nullish(z.record(z.string(), z.unknown())), undefined) })),
  undefined,
);

const machineSchema = z.object({
  id: z.string().check(z.minLength(1)),
  state: z.string().check(z.minLength(1)),
  region: text,
  private_ip: text,
  config: configSchema,
  incomplete_config: configSchema,
  checks: z.catch(z.nullish(z.array(checkSchema)), undefined),
  events: z.catch(z.nullish(z.array(eventSchema)), undefined),
});
type ApiMachine = z.output<typeof machineSchema>;

/** Groups of machines that flyctl makes for a moment. Source: fly-go. */
const passing: ReadonlySet<string> = new Set([
  "fly_app_release_command",
  "fly_app_test_machine_command",
  "fly_app_console",
]);

/** States in which a machine is no more, or another one already. Source: Fly docs, "Machine states". */
const gone: ReadonlySet<string> = new Set(["destroying", "destroyed", "replaced", "migrated"]);

const groupOf = ({ config, incomplete_config }: ApiMachine): string | undefined => {
  const metadata = (config ?? incomplete_config)?.metadata;
  const group = metadata?.["fly_process_group"];
  if (typeof group === "string" && group !== "") return group;
  // Of apps with one group, and of Fly Postgres.
  return metadata?.["fly_platform_version"] === "v2" ? "app" : undefined;
};

/** Made up by Fly for deploys. Source: fly-go, RemoveCompatChecks. */
const compatibility = "bg_deployments_";

const timeOf = (value: string | number, otherwise: number): number => {
  const ms = typeof value === "number" ? value : Date.parse(value);
  return Number.isFinite(ms) && ms > 0 ? ms : otherwise;
};

const severities = ["passing", "warning", "critical"] as const;

const checksOf = (machine: ApiMachine): readonly Check[] => {
  const checks = new Map<string, Check>();
  for (const check of machine.checks ?? []) {
    if (!check || check.name === "" || check.name.startsWith(compatibility)) continue;
    const { name, status, updated_at: since } = check;
    // Of two with one name the worse is told.
    const other = checks.get(name)?.status ?? "passing";
    if (severities.indexOf(status) < severities.indexOf(other)) continue;
    checks.set(name, { name, status, since: timeOf(since, 0) });
  }
  return [...checks.values()];
};

const exitsOf = (machine: ApiMachine): Exit[] =>
  (machine.events ?? [])
    .flatMap(({ timestamp, request }): Exit[] => {
      const exit = request?.exit_event ?? request?.MonitorEvent?.exit_event;
      if (!exit) return [];
      const { exit_code: code, oom_killed: oomKilled, requested_stop: requested, restarting } = exit;
      const at = timeOf(exit.exited_at, timestamp);
      return at > 0 ? [{ at, failed: code !== 0 || oomKilled, oomKilled, requested, restarting }] : [];
    })
    .toSorted((a, b) => b.at - a.at);

/** The machines of a list that the Machines API answered; undefined where it is no usable answer. */
export const readMachines = (answer: unknown): readonly Machine[] | undefined => {
  const parsed = z.safeParse(z.array(machineSchema), answer);
  if (!parsed.success) return undefined;
  const machines = new Map<string, Machine>();
  for (const machine of parsed.data) {
    const processGroup = groupOf(machine);
    if (gone.has(machine.state) || (processGroup !== undefined && passing.has(processGroup))) continue;
    machines.set(machine.id, {
      id: machine.id,
      state: machine.state,
      region: machine.region,
      privateIp: machine.private_ip,
      processGroup,
      checks: checksOf(machine),
      exits: exitsOf(machine),
    });
  }
  return [...machines.values()];
};

export const isStarted = ({ state }: Pick<Machine, "state">): boolean => state === "started";

/** Sleeps: a request from outside must start it. */
export const isAsleep = ({ state }: Pick<Machine, "state">): boolean =>
  state === "stopped" || state === "suspended";

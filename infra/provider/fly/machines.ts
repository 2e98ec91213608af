import { asList, asObject, type ApiMachine, type Json } from "./api-machine";

// What a machine is and how it is, out of what the API says of it.

/** Groups of machines that flyctl makes for a moment. Source: fly-go. */
const passing: ReadonlySet<string> = new Set([
  "fly_app_release_command",
  "fly_app_test_machine_command",
  "fly_app_console",
]);

const gone: ReadonlySet<string> = new Set(["destroying", "destroyed", "replaced", "migrated"]);

/** The config, or as much of it as is known while the host cannot be asked. */
export const knownConfig = (machine: ApiMachine): Json => machine.config ?? machine.incomplete_config ?? {};

/**
 * The process group a machine serves; undefined for those that are nobody's: standbys, machines of a release command,
 * a console or a schedule, and those that somebody runs by hand.
 */
export const groupOf = (machine: ApiMachine): string | undefined => {
  const config = knownConfig(machine);
  const metadata = asObject(config["metadata"]);
  if (gone.has(machine.state)) return undefined;
  if (asList(config["standbys"]).length > 0 || config["auto_destroy"] === true) return undefined;
  if (typeof config["schedule"] === "string" && config["schedule"] !== "") return undefined;
  const group = metadata["fly_process_group"];
  if (typeof group === "string" && group !== "") return passing.has(group) ? undefined : group;
  // Of apps with one group, and of Fly Postgres.
  return metadata["fly_platform_version"] === "v2" ? "app" : undefined;
};

export const hasVolume = (config: Json): boolean => asList(config["mounts"]).length > 0;

const resting: ReadonlySet<string> = new Set(["created", "stopped", "suspended", "failed"]);

/** Whether it runs for nobody and stays so until it is started. */
export const isResting = ({ state }: Pick<ApiMachine, "state">): boolean => resting.has(state);

/** Whether its state lasts. */
export const isSettled = (machine: ApiMachine): boolean =>
  machine.state === "started" || isResting(machine) || gone.has(machine.state);

export const isGone = ({ state }: ApiMachine): boolean => gone.has(state);

/** How many checks a machine with this config reports. */
export const checkCount = (config: Json): number =>
  Object.keys(asObject(config["checks"])).length +
  asList(config["services"]).reduce<number>(
    (sum, service) => sum + asList(asObject(service)["checks"]).length,
    0,
  );

const findings = (machine: ApiMachine): NonNullable<ApiMachine["checks"]> =>
  // Made up by Fly for deploys.
  (machine.checks ?? []).filter(({ name }) => !name.startsWith("bg_deployments_"));

/** Why a machine does not serve: its state, or the first check that does not pass. Undefined when it serves. */
export const troubleOf = (machine: ApiMachine): string | undefined => {
  if (machine.state !== "started") return `is ${machine.state}${lastExit(machine)}`;
  const failing = findings(machine).find(({ status }) => status !== "passing");
  if (failing !== undefined) {
    const output = (failing.output ?? "").trim();
    return `does not pass its check ${failing.name} (${failing.status ?? "no status"}${output === "" ? "" : `: ${output.slice(0, 300)}`})`;
  }
  const [has, expected] = [findings(machine).length, checkCount(knownConfig(machine))];
  return has < expected ? `has told of ${has} of its ${expected} checks only` : undefined;
};

/** Whether a check says that the machine does not serve, not only that it is not known yet. */
export const isCritical = (machine: ApiMachine): boolean =>
  findings(machine).some(({ status }) => status === "critical");

interface Exit {
  readonly exitCode: number;
  readonly isOutOfMemory: boolean;
  readonly isAskedFor: boolean;
}

/** The ends of its program, newest first, as far back as Fly tells. */
const exitsOf = ({ events }: Pick<ApiMachine, "events">): Exit[] =>
  (events ?? [])
    .filter(({ type }) => type === "exit")
    .map((event) => {
      const request = asObject(event.request);
      const told = asObject(request["exit_event"] ?? asObject(request["MonitorEvent"])["exit_event"]);
      return {
        exitCode: typeof told["exit_code"] === "number" ? told["exit_code"] : 0,
        isOutOfMemory: told["oom_killed"] === true,
        isAskedFor: told["requested_stop"] === true,
      };
    });

const lastExit = (machine: ApiMachine): string => {
  const [exit] = exitsOf(machine);
  if (exit === undefined || exit.isAskedFor) return "";
  return ` after exit code ${exit.exitCode}${exit.isOutOfMemory ? ", killed for memory" : ""}`;
};

/** Whether it rests because it was asked to: by the proxy as idle, or by somebody. */
export const wasAskedToStop = (machine: ApiMachine): boolean =>
  (machine.state === "stopped" || machine.state === "suspended") && exitsOf(machine)[0]?.isAskedFor !== false;

/** How often its program has ended by itself, as far back as Fly tells. */
export const crashesOf = (machine: ApiMachine): number =>
  exitsOf(machine).filter(({ isAskedFor }) => !isAskedFor).length;

/** Its latest events in words, newest first, for messages of a machine that does not come up. */
export const eventsOf = ({ events }: ApiMachine, most = 6): string =>
  (events ?? [])
    .slice(0, most)
    .map((event) => {
      const { type = "event", status, timestamp } = event;
      const at = timestamp === undefined ? "" : `${new Date(timestamp).toISOString().slice(11, 19)} `;
      const [exit] = exitsOf({ events: [event] });
      const how = exit && `exit code ${exit.exitCode}${exit.isOutOfMemory ? ", killed for memory" : ""}`;
      return `${at}${type}${(how ?? status) === undefined ? "" : ` (${how ?? String(status)})`}`;
    })
    .join(", ");

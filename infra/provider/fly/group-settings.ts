import type { CheckSettings, GroupSettings, ServiceSettings } from "../../model/machine-settings";
import { asList, asObject, type Json } from "./api-machine";
import { apiCheck, counterpart, plainCheck } from "./check-settings";
import { isSame, present } from "./plain";

// A group's settings against a machine's config: reading them out of it, and writing them into it.

/** What of a group's settings one machine's config can show. */
export type MachineView = Omit<GroupSettings, "count" | "removeSurplus">;

const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

const autostopOf = (value: unknown): "off" | "stop" | "suspend" =>
  value === "suspend" ? "suspend" : value === true || value === "stop" || value === "true" ? "stop" : "off";

// Absent is false, as the Machines API documents it; Fly may leave out zeros in what it answers.
const autostartOf = (value: unknown): boolean => value === true;

export const guestOf = (value: unknown): NonNullable<GroupSettings["guest"]> => {
  const { cpu_kind: kind, cpus, memory_mb: memory } = asObject(value);
  return {
    cpu_kind: kind === "performance" ? "performance" : "shared",
    cpus: number(cpus) ?? 1,
    memory_mb: number(memory) ?? 256,
  };
};

export const restartOf = (value: unknown): NonNullable<GroupSettings["restart"]> => {
  const { policy, max_retries: retries } = asObject(value);
  return {
    policy: policy === "no" || policy === "always" ? policy : "on-failure",
    max_retries: number(retries) ?? 0,
  };
};

export const metricsOf = (value: unknown): NonNullable<GroupSettings["metrics"]> => {
  const { port, path, https } = asObject(value);
  return {
    port: number(port) ?? 0,
    path: typeof path === "string" ? path : "",
    ...(https === true && { https }),
  };
};

const concurrencyOf = (value: unknown): NonNullable<ServiceSettings["concurrency"]> | undefined => {
  const { type, soft_limit: soft, hard_limit: hard } = asObject(value);
  if (value === null || value === undefined) return undefined;
  return present({
    type: type === "requests" ? ("requests" as const) : ("connections" as const),
    soft_limit: number(soft) ?? 0,
    hard_limit: number(hard) || undefined,
  });
};

const portOf = (service: unknown): number => number(asObject(service)["internal_port"]) ?? 0;
const protocolOf = (service: unknown): "tcp" | "udp" =>
  asObject(service)["protocol"] === "udp" ? "udp" : "tcp";

export const serviceOf = (value: unknown): ServiceSettings => {
  const service = asObject(value);
  const port = portOf(value);
  return present({
    internal_port: port,
    protocol: protocolOf(value),
    autostop: autostopOf(service["autostop"]),
    autostart: autostartOf(service["autostart"]),
    min_machines_running: number(service["min_machines_running"]) ?? 0,
    concurrency: concurrencyOf(service["concurrency"]),
    checks: asList(service["checks"]).map((check) => plainCheck(check, port)),
  });
};

/** Whether both speak of the same service: Fly's machines tell services apart by port and protocol. */
export const isSameService = (
  one: Pick<ServiceSettings, "internal_port" | "protocol">,
  other: Pick<ServiceSettings, "internal_port" | "protocol">,
): boolean => one.internal_port === other.internal_port && one.protocol === other.protocol;

/** Everything that can be managed of a machine, as it is. */
export const viewOf = (config: Json): MachineView => {
  const isSet = (key: string): boolean => Object.keys(asObject(config[key])).length > 0;
  return present({
    checks: Object.fromEntries(
      Object.entries(asObject(config["checks"])).map(([name, check]) => [name, plainCheck(check)]),
    ),
    services: asList(config["services"]).map(serviceOf),
    guest: isSet("guest") ? guestOf(config["guest"]) : undefined,
    restart: isSet("restart") ? restartOf(config["restart"]) : undefined,
    metrics: isSet("metrics") ? metricsOf(config["metrics"]) : undefined,
  });
};

/** Only the keys that `wish` has: what is not declared is not managed. */
export const like = <T extends object>(found: T | undefined, wish: T | undefined): T | undefined =>
  found && wish
    ? (Object.fromEntries(Object.entries(found).filter(([key]) => Reflect.get(wish, key) !== undefined)) as T)
    : undefined;

const managedService = (found: ServiceSettings, declared: ServiceSettings): ServiceSettings => {
  const part = like(found, declared) ?? declared;
  return present({ ...part, concurrency: like(part.concurrency, declared.concurrency) });
};

/** The part of `found` that `declared` speaks of, in the order in which it speaks of it. */
export const managedPart = (found: GroupSettings, declared: GroupSettings): GroupSettings =>
  present({
    checks: declared.checks && found.checks,
    services: declared.services?.flatMap((service) => {
      const parts = (found.services ?? [])
        .filter((candidate) => isSameService(candidate, service))
        .map((candidate) => managedService(candidate, service));
      // A port may be served twice, by different public ports: what is out of line shows.
      const part = parts.find((candidate) => !isSame(candidate, present(service))) ?? parts[0];
      return part ? [part] : [];
    }),
    guest: like(found.guest, declared.guest),
    restart: like(found.restart, declared.restart),
    metrics: found.metrics && declared.metrics && { ...found.metrics },
    count: declared.count === undefined ? undefined : found.count,
    removeSurplus: declared.removeSurplus === undefined ? undefined : found.removeSurplus,
  });

/** What a machine shows of the settings that are declared for it. */
export const managedView = (config: Json, declared: GroupSettings): MachineView =>
  managedPart(
    {
      ...viewOf(config),
      // Declared and absent on the machine: shown by Fly's presets, so that only a difference is one.
      ...(declared.restart && { restart: restartOf(config["restart"]) }),
    },
    { ...declared, count: undefined, removeSurplus: undefined },
  );

const checksOf = (
  declared: readonly CheckSettings[],
  found: unknown,
  port: number | undefined,
): readonly unknown[] =>
  declared.map((check, index) => {
    const inPlace = asList(found)[index];
    if (inPlace !== undefined && isSame(plainCheck(inPlace, port), check)) return inPlace;
    return apiCheck(check, counterpart(check, found, port), port);
  });

/** `object` with the keys of `wish` that it does not show yet, and all its other keys. */
const withKeys = (object: unknown, shown: object | undefined, wish: object): unknown => {
  const missing = Object.entries(present(wish)).filter(
    ([key, value]) => !shown || !isSame(Reflect.get(shown, key), value),
  );
  return missing.length === 0 ? object : { ...asObject(object), ...Object.fromEntries(missing) };
};

export const serviceWith = (value: unknown, declared: ServiceSettings): unknown => {
  const service = asObject(value);
  const shown = serviceOf(value);
  const { checks, concurrency, autostop, autostart, min_machines_running } = declared;
  const wish = { autostop, autostart, min_machines_running };
  return {
    ...asObject(withKeys(value, shown, wish)),
    ...(concurrency && {
      concurrency: withKeys(service["concurrency"], shown.concurrency, concurrency),
    }),
    ...(checks &&
      !isSame(shown.checks, checks) && {
        checks: checksOf(checks, service["checks"], declared.internal_port),
      }),
  };
};

/**
 * The machine's config with the declared settings and everything else as it was; the very same object where nothing
 * has to change.
 */
export const withSettings = (config: Json, declared: GroupSettings): Json => {
  if (isSame(managedView(config, declared), managedDeclaration(declared))) return config;
  const shown = viewOf(config);
  const { checks, services, guest, restart, metrics } = declared;
  return {
    ...config,
    ...(checks && !isSame(shown.checks, checks) && { checks: checkTable(checks, config["checks"]) }),
    ...(services &&
      config["services"] !== undefined && {
        services: asList(config["services"]).map((service) => {
          const own = { internal_port: portOf(service), protocol: protocolOf(service) };
          const match = services.find((candidate) => isSameService(candidate, own));
          return match ? serviceWith(service, match) : service;
        }),
      }),
    ...(guest && { guest: withKeys(config["guest"], shown.guest, guest) }),
    ...(restart && { restart: withKeys(config["restart"], shown.restart, restart) }),
    ...(metrics && { metrics: metricsWith(config["metrics"], metrics) }),
  };
};

const checkTable = (
  checks: NonNullable<GroupSettings["checks"]>,
  found: unknown,
): { readonly [name: string]: unknown } =>
  Object.fromEntries(
    Object.entries(checks).map(([name, check]) => {
      const before = asObject(found)[name];
      return [name, isSame(plainCheck(before), check) ? before : apiCheck(check, before)];
    }),
  );

const metricsWith = (
  value: unknown,
  { port, path, https = false }: NonNullable<GroupSettings["metrics"]>,
) => {
  const shown = metricsOf(value);
  return withKeys(value, { ...shown, https: shown.https ?? false }, { port, path, https });
};

/** A declaration as a machine would show it. */
export const managedDeclaration = ({
  checks,
  services,
  guest,
  restart,
  metrics,
}: GroupSettings): MachineView =>
  present({ checks, services: services?.map((service) => present(service)), guest, restart, metrics });

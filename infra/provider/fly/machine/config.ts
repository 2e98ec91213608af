import type { MachineFile, MachineInputs, MachineService, ServicePort } from "../../../model/fly-resources";
import { goDuration, mebibytes } from "../../../model/units";
import { asList, asObject, type ApiMachine, type Json } from "../api-machine";
import { apiCheck, plainCheck } from "../check-settings";
import { plainDuration } from "../go-duration";
import {
  guestOf,
  isSameService,
  like,
  metricsOf,
  restartOf,
  serviceOf,
  serviceWith,
} from "../group-settings";
import { knownConfig } from "../machines";
import { isSame, present } from "../plain";
import { groupKey, markKey, plainService, sizeOf } from "./inputs";

// A machine's declaration against its config: reading it out of the config, and writing it into it.

type Table<Value> = { readonly [key: string]: Value };

const isText = (value: unknown): value is string => typeof value === "string";
const textsOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter(isText) : undefined;
const textTable = (value: unknown): Table<string> =>
  Object.fromEntries(
    Object.entries(asObject(value)).flatMap(([key, item]) => (isText(item) ? [[key, item]] : [])),
  );

const pathOf = (file: unknown): string => {
  const { guest_path: path } = asObject(file);
  return isText(path) ? path : "";
};

const fileOf = (file: unknown, wish?: MachineFile): MachineFile => {
  const { raw_value: raw, mode } = asObject(file);
  return present({
    // What Fly does not tell cannot have been seen to change.
    content: isText(raw) ? Buffer.from(raw, "base64").toString() : (wish?.content ?? ""),
    mode: typeof mode === "number" ? mode : undefined,
  });
};

const filesOf = (config: Json, wish: MachineInputs["files"] = {}): Table<MachineFile> =>
  Object.fromEntries(asList(config["files"]).map((file) => [pathOf(file), fileOf(file, wish[pathOf(file)])]));

const initOf = (config: Json): NonNullable<MachineInputs["init"]> => {
  const { exec, entrypoint, cmd } = asObject(config["init"]);
  return present({ exec: textsOf(exec), entrypoint: textsOf(entrypoint), cmd: textsOf(cmd) });
};

const mountOf = (config: Json): MachineInputs["mount"] => {
  const { volume, path } = asObject(asList(config["mounts"])[0]);
  return isText(volume) && isText(path) ? { volumeId: volume, path } : undefined;
};

const stopConfigOf = (config: Json): NonNullable<MachineInputs["stopConfig"]> => {
  const { signal, timeout } = asObject(config["stop_config"]);
  return present({
    signal: isText(signal) && signal !== "" ? signal : undefined,
    timeout: plainDuration(timeout),
  });
};

const portsOf = (service: unknown): readonly ServicePort[] =>
  asList(asObject(service)["ports"]).map((item) => {
    const { port, handlers, force_https: forceHttps } = asObject(item);
    return present({
      port: typeof port === "number" ? port : 0,
      handlers: textsOf(handlers),
      force_https: forceHttps === true ? true : undefined,
    });
  });

const wholeServiceOf = (service: unknown): MachineService => ({
  ...serviceOf(service),
  ports: portsOf(service),
});

/** The part of a service that the declared one speaks of. */
const managedService = (found: MachineService, wish: MachineService): MachineService => {
  const part = like(found, wish) ?? wish;
  return present({ ...part, concurrency: like(part.concurrency, wish.concurrency) });
};

const servicesOf = (config: Json): readonly MachineService[] =>
  asList(config["services"]).map(wholeServiceOf);

const checksOf = (config: Json) =>
  Object.fromEntries(
    Object.entries(asObject(config["checks"])).map(([name, check]) => [name, plainCheck(check)]),
  );

/** Those entries of `found` that `wish` has, too. */
const among = <Value>(found: Table<Value>, wish: Table<unknown> | undefined): Table<Value> | undefined =>
  wish && Object.fromEntries(Object.entries(found).filter(([key]) => Object.hasOwn(wish, key)));

/** Whether a part of a config that has presets of Fly's is there. */
const isSet = (config: Json, key: string): boolean => Object.keys(asObject(config[key])).length > 0;

const guestPart = (config: Json): Pick<MachineInputs, "cpuKind" | "cpus" | "memory"> => {
  const guest = guestOf(config["guest"]);
  return { cpuKind: guest.cpu_kind, cpus: guest.cpus, memory: sizeOf(guest.memory_mb) };
};

/** What a machine shows of what `wish` speaks of. */
export const shown = (machine: ApiMachine, wish: MachineInputs): MachineInputs => {
  const config = knownConfig(machine);
  const metadata = textTable(config["metadata"]);
  return present({
    app: wish.app,
    name: machine.name,
    region: machine.region,
    image: isText(config["image"]) ? config["image"] : "",
    ...guestPart(config),
    env: among(textTable(config["env"]), wish.env),
    files: among(
      Object.fromEntries(
        Object.entries(filesOf(config, wish.files)).map(([path, file]) => [
          path,
          // Fly's own permission bits are no difference where none are declared.
          like(file, wish.files?.[path]) ?? file,
        ]),
      ),
      wish.files,
    ),
    init: wish.init && like(initOf(config), wish.init),
    mount: wish.mount && mountOf(config),
    processGroup: wish.processGroup === undefined ? undefined : metadata[groupKey],
    metadata: among(metadata, wish.metadata),
    services: wish.services?.flatMap((service) => {
      const found = servicesOf(config).find((candidate) => isSameService(candidate, service));
      return found === undefined ? [] : [managedService(found, service)];
    }),
    checks: among(checksOf(config), wish.checks),
    metrics: wish.metrics && (isSet(config, "metrics") ? metricsOf(config["metrics"]) : undefined),
    restart: wish.restart && like(restartOf(config["restart"]), wish.restart),
    stopConfig: wish.stopConfig && like(stopConfigOf(config), wish.stopConfig),
    waitTimeout: wish.waitTimeout,
  });
};

/** A declaration that says of a machine what it is, for an import; what Fly and flyctl set by themselves is left out. */
export const described = (app: string, machine: ApiMachine): MachineInputs => {
  const config = knownConfig(machine);
  const metadata = textTable(config["metadata"]);
  const own = Object.entries(metadata).filter(([key]) => !key.startsWith("fly_") && key !== markKey);
  const some = <Value extends object>(value: Value): Value | undefined =>
    Object.keys(value).length === 0 ? undefined : value;
  return present({
    app,
    name: machine.name,
    region: machine.region,
    image: isText(config["image"]) ? config["image"] : "",
    ...guestPart(config),
    env: some(textTable(config["env"])),
    files: some(filesOf(config)),
    init: some(initOf(config)),
    mount: mountOf(config),
    processGroup: metadata[groupKey],
    metadata: some(Object.fromEntries(own)),
    services: some(servicesOf(config)),
    checks: some(checksOf(config)),
    metrics: isSet(config, "metrics") ? metricsOf(config["metrics"]) : undefined,
    restart: isSet(config, "restart") ? restartOf(config["restart"]) : undefined,
    stopConfig: some(stopConfigOf(config)),
    waitTimeout: "5m" as const,
  });
};

/** All that either speaks of; the later one's values. */
export const union = (former: MachineInputs, declared: MachineInputs): MachineInputs => {
  const both = <Key extends "env" | "files" | "metadata" | "checks" | "init" | "stopConfig">(
    key: Key,
  ): MachineInputs[Key] =>
    former[key] === undefined && declared[key] === undefined
      ? undefined
      : { ...former[key], ...declared[key] };
  const services = [
    ...(declared.services ?? []),
    ...(former.services ?? []).filter(
      (service) => !declared.services?.some((other) => isSameService(other, service)),
    ),
  ];
  return present({
    ...former,
    ...declared,
    env: both("env"),
    files: both("files"),
    init: both("init"),
    metadata: both("metadata"),
    checks: both("checks"),
    stopConfig: both("stopConfig"),
    services: former.services || declared.services ? services : undefined,
  });
};

/** A table with the declared entries, without those that were declared and no longer are, and with all others. */
const entriesWith = <Value>(
  found: unknown,
  former: Table<unknown> | undefined,
  declared: Table<Value> | undefined,
  write: (value: Value, key: string) => unknown,
): Json | undefined => {
  const kept = Object.entries(asObject(found)).filter(
    ([key]) => former === undefined || !Object.hasOwn(former, key) || Object.hasOwn(declared ?? {}, key),
  );
  const all = {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(Object.entries(declared ?? {}).map(([key, value]) => [key, write(value, key)])),
  };
  return found === undefined && Object.keys(all).length === 0 ? undefined : all;
};

const filesWith = (config: Json, former: MachineInputs, { files = {} }: MachineInputs): unknown => {
  const found = asList(config["files"]);
  const kept = found.filter(
    (file) => !Object.hasOwn(former.files ?? {}, pathOf(file)) && !Object.hasOwn(files, pathOf(file)),
  );
  const written = Object.entries(files).map(([path, { content, mode }]) => {
    const before = asObject(found.find((file) => pathOf(file) === path));
    const { secret_name: _, ...rest } = before;
    return {
      ...rest,
      guest_path: path,
      raw_value: Buffer.from(content).toString("base64"),
      ...(mode !== undefined && { mode }),
    };
  });
  return found.length + written.length === 0 ? undefined : [...kept, ...written];
};

const apiPort = ({ port, handlers, force_https: forceHttps }: ServicePort): Json =>
  present({ port, handlers: handlers ?? [], force_https: forceHttps });

const servicesWith = (config: Json, former: MachineInputs, { services = [] }: MachineInputs): unknown => {
  const found = asList(config["services"]);
  const written = (service: unknown, wish: MachineService): unknown => {
    const { ports, ...settings } = wish;
    const isAsDeclared = ports === undefined || isSame(portsOf(service), plainService(wish).ports);
    return {
      ...asObject(serviceWith(service, settings)),
      ...(!isAsDeclared && { ports: ports.map(apiPort) }),
    };
  };
  const kept = found.flatMap((service) => {
    const own = serviceOf(service);
    const wish = services.find((candidate) => isSameService(candidate, own));
    if (wish !== undefined) return [written(service, wish)];
    return former.services?.some((candidate) => isSameService(candidate, own)) ? [] : [service];
  });
  const made = services
    .filter((wish) => !found.some((service) => isSameService(serviceOf(service), wish)))
    .map((wish) => written({ internal_port: wish.internal_port, protocol: wish.protocol }, wish));
  return config["services"] === undefined && made.length === 0 ? undefined : [...kept, ...made];
};

/** A part of a config that is written as a whole: set, taken away where it no longer is declared, or left. */
const part = (found: unknown, former: object | undefined, declared: object | undefined): unknown => {
  if (declared !== undefined) {
    const gone = Object.keys(former ?? {}).filter((key) => !Object.hasOwn(declared, key));
    const rest = Object.entries(asObject(found)).filter(([key]) => !gone.includes(key));
    return { ...Object.fromEntries(rest), ...present(declared) };
  }
  return former === undefined ? found : undefined;
};

const withMount = (config: Json, { mount }: MachineInputs): unknown => {
  if (mount === undefined) return config["mounts"];
  const [found, ...more] = asList(config["mounts"]);
  const isSameVolume = asObject(found)["volume"] === mount.volumeId;
  return [{ ...(isSameVolume && asObject(found)), volume: mount.volumeId, path: mount.path }, ...more];
};

/**
 * A config with what is declared, without what was declared before and no longer is, and with everything else as it
 * was.
 * @param former what the machine was last known to have been told
 */
export const configWith = (
  config: Json,
  former: MachineInputs,
  declared: MachineInputs,
  mark: string,
): Json => {
  const { cpuKind, cpus, memory, processGroup, stopConfig } = declared;
  const timeout = stopConfig?.timeout && { timeout: goDuration(stopConfig.timeout) };
  const text = (value: string): string => value;
  const metadata = entriesWith(config["metadata"], former.metadata, declared.metadata, text) ?? {};
  const { [groupKey]: group, ...others } = metadata;
  const groupThen = processGroup ?? (former.processGroup === undefined ? group : undefined);
  return present({
    ...config,
    image: declared.image,
    guest: { ...asObject(config["guest"]), cpu_kind: cpuKind, cpus, memory_mb: mebibytes(memory) },
    env: entriesWith(config["env"], former.env, declared.env, text),
    files: filesWith(config, former, declared),
    init: part(config["init"], former.init, declared.init),
    mounts: withMount(config, declared),
    metadata: { ...others, ...(groupThen !== undefined && { [groupKey]: groupThen }), [markKey]: mark },
    services: servicesWith(config, former, declared),
    checks: entriesWith(config["checks"], former.checks, declared.checks, (check, name) => {
      const before = asObject(config["checks"])[name];
      return isSame(plainCheck(before), check) ? before : apiCheck(check, before);
    }),
    metrics: part(
      config["metrics"],
      former.metrics,
      declared.metrics && { ...declared.metrics, https: declared.metrics.https ?? false },
    ),
    restart: part(config["restart"], former.restart, declared.restart),
    stop_config: part(config["stop_config"], former.stopConfig, stopConfig && { ...stopConfig, ...timeout }),
  });
};

/** Whose machine it is, as its metadata say: `project/stack/resource`. */
export const markOf = (machine: ApiMachine): string | undefined =>
  textTable(knownConfig(machine)["metadata"])[markKey];

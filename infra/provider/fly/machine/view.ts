import type { MachineFile, MachineInputs, MachineService, ServicePort } from "../../../model/fly-resources";
import { asList, asObject, type ApiMachine, type Json } from "../api-machine";
import { plainCheck } from "../check-settings";
import { plainDuration } from "../go-duration";
import { guestOf, isSameService, like, metricsOf, restartOf, serviceOf } from "../group-settings";
import { knownConfig } from "../machines";
import { present } from "../plain";
import { groupKey, markKey, sizeOf } from "./inputs";

// What a machine's config says of what can be declared.

export type Table<Value> = { readonly [key: string]: Value };

const isText = (value: unknown): value is string => typeof value === "string";
const textsOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter(isText) : undefined;
const textTable = (value: unknown): Table<string> =>
  Object.fromEntries(
    Object.entries(asObject(value)).flatMap(([key, item]) => (isText(item) ? [[key, item]] : [])),
  );

export const pathOf = (file: unknown): string => {
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

export const portsOf = (service: unknown): readonly ServicePort[] =>
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

/** Whose machine it is, as its metadata say: `project/stack/resource`. */
export const markOf = (machine: ApiMachine): string | undefined =>
  textTable(knownConfig(machine)["metadata"])[markKey];

import type { MachineInputs, MachineService, ServicePort } from "../../../model/fly-resources";
import { goDuration, mebibytes } from "../../../model/units";
import { asList, asObject, type Json } from "../api-machine";
import { apiCheck, plainCheck } from "../check-settings";
import { isSameService, serviceOf, serviceWith } from "../group-settings";
import { isSame, present } from "../plain";
import { groupKey, markKey, plainService } from "./inputs";
import { pathOf, portsOf, type Table } from "./view";

// Writing a declaration into a machine's config.

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

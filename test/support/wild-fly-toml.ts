import type { ResolvedApp } from "../../infra/model/app";
import { flyTomlSettings } from "../../infra/render/fly-toml";
import type { Data, Dice, Value } from "./spelled-toml";

/** Marks what flymon does not own, with a number of its own in each place. */
const mark = "foreign";

const textOf = (value: Value | undefined): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value);
const each = (value: Value | undefined): readonly Data[] =>
  Array.isArray(value) ? (value as readonly Data[]) : [];
const table = (value: Value | undefined): Data =>
  typeof value === "object" && !Array.isArray(value) ? (value as Data) : {};

const milliseconds = (text: Value | undefined): Value => {
  const [, amount, unit] = /^(\d+)(ms|s)$/.exec(textOf(text)) ?? [];
  return amount === undefined ? (text ?? "") : Number(amount) * (unit === "s" ? 1000 : 1);
};

/** Old forms that Fly still takes, with the same meaning. */
const oldCheck = (check: Data, dice: Dice): Data => ({
  ...check,
  ...(dice.oneIn(5) ? { interval: milliseconds(check["interval"]) } : {}),
  ...(check["headers"] !== undefined && dice.oneIn(5)
    ? { headers: Object.entries(table(check["headers"])).map(([name, value]) => ({ name, value })) }
    : {}),
});

const oldScaling = (service: Data, dice: Dice): Data => {
  const stop = service["auto_stop_machines"];
  return stop !== undefined && stop !== "suspend" && dice.oneIn(3)
    ? { ...service, auto_stop_machines: stop === "stop" }
    : service;
};

const oldService = (service: Data, dice: Dice): Data => {
  const { concurrency, ...rest } = oldScaling(service, dice);
  const limits = table(concurrency);
  return {
    ...rest,
    ...(concurrency === undefined
      ? {}
      : {
          concurrency:
            limits["type"] === "requests" && dice.oneIn(2)
              ? `${textOf(limits["soft_limit"])},${textOf(limits["hard_limit"])}`
              : concurrency,
        }),
    ...(dice.oneIn(5) ? { internal_port: textOf(service["internal_port"]) } : {}),
    ports: each(service["ports"]).map((port) =>
      dice.oneIn(5) ? { ...port, port: textOf(port["port"]) } : port,
    ),
    ...(service["http_checks"] === undefined
      ? {}
      : {
          http_checks: single(
            each(service["http_checks"]).map((check) => oldCheck(check, dice)),
            dice,
          ),
        }),
    ...(service["tcp_checks"] === undefined ? {} : { tcp_checks: single(each(service["tcp_checks"]), dice) }),
  };
};

const single = (tables: readonly Data[], dice: Dice): Value => {
  const [only] = tables;
  return tables.length === 1 && only !== undefined && dice.oneIn(4) ? only : tables;
};

/**
 * The fly.toml of an app as its repository might hold it: its settings, some in forms of earlier years, between keys
 * and sections that are nobody's but the app's.
 */
export const wildSettings = (app: ResolvedApp, dice: Dice): Data => {
  const settings = JSON.parse(JSON.stringify(flyTomlSettings(app))) as Data;
  let count = 0;
  const foreign = (value: Data): Data =>
    dice.oneIn(4) ? { ...value, [`x_${mark}`]: (count += 1), note: `${mark} ${(count += 1)}` } : value;
  const marked = (value: Value, depth = 0): Value => {
    if (Array.isArray(value)) return value.map((item: Value) => marked(item, depth));
    if (typeof value !== "object") return value;
    const inner = Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        key === "headers" || key === "processes" || key === "checks" ? item : marked(item, depth + 1),
      ]),
    );
    return depth === 0 ? inner : foreign(inner);
  };
  const old: Data = {
    ...settings,
    ...(settings["http_service"] === undefined
      ? {}
      : { http_service: oldScaling(table(settings["http_service"]), dice) }),
    ...(settings["services"] === undefined
      ? {}
      : { services: each(settings["services"]).map((service) => oldService(service, dice)) }),
    ...(settings["vm"] === undefined
      ? {}
      : { [dice.pick(["vm", "vm", "vm", "compute"])]: single(each(settings["vm"]), dice) }),
    ...(settings["metrics"] === undefined ? {} : { metrics: single(each(settings["metrics"]), dice) }),
    ...(settings["processes"] !== undefined && dice.oneIn(6)
      ? {
          processes: Object.entries(table(settings["processes"])).map(([name, command]) => ({
            name,
            command,
          })),
        }
      : {}),
  };
  const { vm, ...withoutVm } = old;
  return {
    ...(marked(
      old["compute"] === undefined ? { ...withoutVm, ...(vm === undefined ? {} : { vm }) } : withoutVm,
    ) as Data),
    build: { dockerfile: "Dockerfile", args: { NODE_ENV: "production", [`X_${mark}`]: "1" } },
    env: { PORT: "8080", RATE: "8_080", [`X_${mark}`]: "ünï" },
    ...(dice.oneIn(2) ? { mounts: [{ source: "data", destination: "/data", [`x_${mark}`]: true }] } : {}),
    ...(dice.oneIn(2) ? { statics: [{ guest_path: "/public", url_prefix: "/" }] } : {}),
    ...(dice.oneIn(3) ? { files: [] } : {}),
  };
};

/** Every foreign key with its value, sorted; a table that is not there any more is missed. */
export const foreignIn = (value: unknown): string[] => {
  const found: string[] = [];
  const walk = (inner: unknown): void => {
    if (Array.isArray(inner)) inner.forEach(walk);
    else if (typeof inner === "object" && inner !== null) {
      for (const [key, item] of Object.entries(inner)) {
        if (/foreign$/i.test(key) || (typeof item === "string" && item.startsWith(`${mark} `))) {
          found.push(`${key}=${String(item)}`);
        }
        walk(item);
      }
    }
  };
  walk(value);
  return found.sort();
};

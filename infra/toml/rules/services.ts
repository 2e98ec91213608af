import { limits } from "../../model/limits";
import type { TomlTable } from "../document";
import type { Problem, Rule } from "../finding";
import type { FlyFile, ServiceView } from "../fly-file";
import { nearestKey } from "../nearest";
import { looseNumberAt, nodeAt, numberAt, tableAt, textAt, textsAt } from "../values";
import { listed, placeOfKey, placeOfSection, written } from "./written";

const handlers = ["http", "tls", "pg_tls", "proxy_proto", "edge_http"];
const isPort = (port: number): boolean => port >= limits.ports.min && port <= limits.ports.max;
const named = (service: ServiceView): string =>
  service.kind === "http_service" ? "[http_service]" : `the service on port ${service.internalPort ?? "?"}`;

const portKeys = (table: TomlTable, keys: readonly string[]): [string, number][] =>
  keys.flatMap((key) => {
    const port = looseNumberAt(table, key);
    return port === undefined || isPort(port) ? [] : [[key, port] as [string, number]];
  });

export const serviceRules: readonly Rule[] = [
  {
    id: "duplicate-service",
    severity: "error",
    title: "two services on one public port",
    check: (file) =>
      file.services.flatMap((service, index): Problem[] => {
        const rival = file.services
          .slice(0, index)
          .find(
            (other) =>
              other.publicPorts.some((port) => service.publicPorts.includes(port)) &&
              (textAt(other.table, "protocol") === "udp") === (textAt(service.table, "protocol") === "udp"),
          );
        if (rival === undefined) return [];
        const shared = service.publicPorts.filter((port) => rival.publicPorts.includes(port));
        const sameGroup = service.groups.some((group) => rival.groups.includes(group));
        return [
          {
            at: placeOfSection(service),
            severity: sameGroup ? "error" : "warning",
            message: sameGroup
              ? `${named(service)} listens on port ${listed(shared.map(String))} like ${named(rival)} of the same machines: only one of them gets the traffic, with its own limits and checks`
              : `groups ${listed([...rival.groups, ...service.groups])} both listen on port ${listed(shared.map(String))} of the app's address: Fly spreads requests over both, whatever they ask for`,
            fix: sameGroup
              ? "# remove one of the two services; http_service already listens on 80 and 443"
              : '  [[services.ports]]\n    port = 8443\n    handlers = ["tls", "http"]\n# or move one of the groups into an app of its own',
          },
        ];
      }),
  },
  {
    id: "service-without-ports",
    severity: "warning",
    title: "services without ports, which nobody can reach",
    check: (file) =>
      file.services
        .filter(
          ({ kind, table, ports }) => kind === "services" && table.entries.size > 0 && ports.length === 0,
        )
        .map((service) => ({
          at: placeOfSection(service),
          message: `${named(service)} has no ports: nobody reaches it, and flyctl says it will refuse that one day`,
          fix: '  [[services.ports]]\n    port = 443\n    handlers = ["tls", "http"]',
        })),
  },
  {
    id: "internal-port-missing",
    severity: "error",
    title: "services without internal_port",
    check: (file) =>
      file.services
        .filter(({ table }) => table.entries.size > 0 && nodeAt(table, "internal_port") === undefined)
        .map((service) => ({
          at: placeOfSection(service),
          message: `${service.kind} has no internal_port: Fly does not know where the app listens`,
          fix: "internal_port = 8080",
        })),
  },
  {
    id: "port-range",
    severity: "error",
    title: `ports outside ${limits.ports.min} to ${limits.ports.max}`,
    check: (file) =>
      [
        ...file.services.map(({ table, entry }) => ({ table, entry, keys: ["internal_port"] })),
        ...file.services.flatMap(({ ports, entry }) =>
          ports.map((table) => ({ table, entry, keys: ["port", "start_port", "end_port"] })),
        ),
        ...file.topLevelChecks.map(({ table, entry }) => ({ table, entry, keys: ["port"] })),
        ...file.metrics.map(({ table, entry }) => ({ table, entry, keys: ["port"] })),
      ].flatMap(({ table, entry, keys }) =>
        portKeys(table, keys).map(([key, port]) => ({
          at: placeOfKey(table, key, entry),
          message: `${port} is no port: they go from ${limits.ports.min} to ${limits.ports.max}`,
          fix: `${key} = 8080`,
        })),
      ),
  },
  {
    id: "handler-value",
    severity: "error",
    title: "handlers that Fly does not know",
    check: (file) =>
      file.services.flatMap(({ ports, entry }) =>
        ports.flatMap((port): Problem[] => {
          const unknown = (textsAt(port, "handlers") ?? []).filter((handler) => !handlers.includes(handler));
          if (unknown.length === 0) return [];
          const meant = (textsAt(port, "handlers") ?? []).flatMap((handler) =>
            handler === "https" ? ["tls", "http"] : [nearestKey(handler, handlers) ?? handler],
          );
          return [
            {
              at: placeOfKey(port, "handlers", entry),
              message: `Fly knows no handler ${listed(unknown.map(written))}: it has ${listed(handlers)}`,
              fix: `handlers = ${written([...new Set(meant)])}`,
            },
          ];
        }),
      ),
  },
  {
    id: "service-protocol",
    severity: "error",
    title: "service protocols other than tcp and udp",
    check: (file) =>
      file.services.flatMap(({ table, entry }): Problem[] => {
        const protocol = textAt(table, "protocol");
        if (protocol === undefined || protocol === "tcp" || protocol === "udp") return [];
        return [
          {
            at: placeOfKey(table, "protocol", entry),
            message: `${written(protocol)} is no protocol of a service: Fly knows "tcp" and "udp", HTTP is a handler of a port`,
            fix: `protocol = "${protocol.toLowerCase() === "udp" ? "udp" : "tcp"}"`,
          },
        ];
      }),
  },
  {
    id: "soft-over-hard",
    severity: "error",
    title: "a soft limit above the hard limit",
    check: (file) =>
      file.services.flatMap(({ table, entry }): Problem[] => {
        const concurrency = tableAt(table, "concurrency");
        const soft = numberAt(concurrency, "soft_limit");
        const hard = numberAt(concurrency, "hard_limit");
        if (concurrency === undefined || soft === undefined || hard === undefined || soft <= hard) return [];
        return [
          {
            at: placeOfKey(concurrency, "soft_limit", entry),
            message: `the soft limit (${soft}) is above the hard limit (${hard}): machines refuse traffic before others are started for them`,
            fix: `soft_limit = ${hard}\nhard_limit = ${soft}`,
          },
        ];
      }),
  },
  {
    id: "concurrency-type",
    severity: "error",
    title: "concurrency types other than connections and requests",
    check: (file) =>
      file.services.flatMap(({ table, entry }): Problem[] => {
        const concurrency = tableAt(table, "concurrency");
        const type = textAt(concurrency, "type");
        if (concurrency === undefined || type === undefined || ["connections", "requests"].includes(type))
          return [];
        return [
          {
            at: placeOfKey(concurrency, "type", entry),
            message: `${written(type)} is no way to count: Fly knows "connections" and "requests", and flyctl does not look`,
            fix: `type = "${nearestKey(type, ["connections", "requests"]) ?? "requests"}"`,
          },
        ];
      }),
  },
  {
    id: "port-env-mismatch",
    severity: "warning",
    title: "an app that is told another PORT than Fly connects to",
    check: (file) => portMismatch(file),
  },
];

const portMismatch = (file: FlyFile): Problem[] => {
  const [service, ...others] = file.services;
  const port = looseNumberAt(tableAt(file.root, "env"), "PORT");
  const internal = service?.internalPort;
  // With several services or groups PORT is that of one of them.
  if (service === undefined || others.length > 0 || file.processes.length > 1) return [];
  if (port === undefined || internal === undefined || port === internal) return [];
  return [
    {
      at: placeOfKey(service.table, "internal_port", service.entry),
      message: `the app is told to listen on ${port} ([env] PORT), and Fly connects to ${internal}: nothing listens there if the app heeds PORT`,
      fix: `internal_port = ${port}`,
    },
  ];
};

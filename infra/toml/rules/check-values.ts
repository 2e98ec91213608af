import type { Entry, TomlTable } from "../document";
import type { Problem, Rule } from "../finding";
import type { FlyFile } from "../fly-file";
import { nearestKey } from "../nearest";
import { looseNumberAt, nodeAt, numberAt, textAt } from "../values";
import { listed, placeOfKey, placeOfSection, written } from "./written";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

interface HttpCheck {
  readonly table: TomlTable;
  readonly entry: Entry;
}

const httpChecks = (file: FlyFile): HttpCheck[] => [
  ...file.services.flatMap(({ checks }) => checks.filter(({ type }) => type === "http")),
  ...file.topLevelChecks.filter(({ type }) => type === "http"),
];

const sampleCheck = (kind: "http_service" | "services"): string =>
  `${kind === "http_service" ? "[[http_service.checks]]" : "  [[services.http_checks]]"}\n    interval = "15s"\n    timeout = "5s"\n    grace_period = "10s"\n    method = "GET"\n    path = "/health"`;

export const checkValueRules: readonly Rule[] = [
  {
    id: "check-type",
    severity: "error",
    title: "top-level checks without a type, or with one that flyctl refuses",
    check: (file) =>
      file.topLevelChecks
        .filter(({ type }) => type !== "http" && type !== "tcp")
        .map(({ table, entry, name, type }) => ({
          at: placeOfKey(table, "type", entry),
          message: `flyctl refuses the file: check ${name} ${type === undefined ? "has no type" : `has the type ${written(type)}`}, and Fly knows "http" and "tcp"`,
          fix: nodeAt(table, "path") === undefined ? 'type = "tcp"' : 'type = "http"',
        })),
  },
  {
    id: "check-port-missing",
    severity: "error",
    title: "top-level checks without a port in a group without http_service",
    check: (file) =>
      file.topLevelChecks
        .filter(
          ({ table, groups }) =>
            nodeAt(table, "port") === undefined &&
            !groups.every((group) =>
              file.services.some(
                (service) => service.kind === "http_service" && service.groups.includes(group),
              ),
            ),
        )
        .map((check) => ({
          at: placeOfSection(check),
          message: `check ${check.name} has no port, and its group has no http_service to take it from: the deploy fails`,
          fix: `port = ${file.services[0]?.internalPort ?? 8080}`,
        })),
  },
  {
    id: "check-port-unserved",
    severity: "error",
    title: "top-level checks of a port that nothing listens on",
    check: (file) =>
      file.topLevelChecks.flatMap((check): Problem[] => {
        const port = looseNumberAt(check.table, "port");
        // Fly's Postgres answers for itself on a port of its own.
        if (port === undefined || textAt(check.table, "path")?.startsWith("/flycheck/") === true) return [];
        const inGroup = ({ groups }: { readonly groups: readonly string[] }): boolean =>
          groups.some((group) => check.groups.includes(group));
        const served = file.services.filter(inGroup).flatMap(({ internalPort }) => internalPort ?? []);
        const measured = file.metrics.filter(inGroup).flatMap(({ table }) => numberAt(table, "port") ?? []);
        const known = [...served, ...measured];
        // Without any service nobody knows what the group listens on.
        if (served.length === 0 || known.includes(port)) return [];
        return [
          {
            at: placeOfKey(check.table, "port", check.entry),
            severity: "warning",
            message: `check ${check.name} asks port ${port}, and nothing in this file says that something listens there (${listed(known.map(String))} ${known.length === 1 ? "is" : "are"} served): deploys would wait for it and fail`,
            fix: `port = ${served[0] ?? port}`,
          },
        ];
      }),
  },
  {
    id: "check-method",
    severity: "error",
    title: "check methods that are none",
    check: (file) =>
      httpChecks(file).flatMap(({ table, entry }): Problem[] => {
        const method = textAt(table, "method");
        if (method === undefined || methods.includes(method.toUpperCase())) return [];
        return [
          {
            at: placeOfKey(table, "method", entry),
            message: `${written(method)} is no HTTP method: the check never passes`,
            fix: `method = "${nearestKey(method, methods) ?? "GET"}"`,
          },
        ];
      }),
  },
  {
    id: "check-path",
    severity: "error",
    title: "check paths that do not start with /",
    check: (file) =>
      httpChecks(file).flatMap(({ table, entry }): Problem[] => {
        const path = textAt(table, "path");
        if (path === undefined || path.startsWith("/")) return [];
        const bare = path.replace(/^https?:\/\/[^/]*\/?/, "");
        return [
          {
            at: placeOfKey(table, "path", entry),
            message: `the path ${written(path)} does not start with /: the request is malformed and the check fails`,
            fix: `path = ${written(`/${bare}`)}`,
          },
        ];
      }),
  },
  {
    id: "check-protocol",
    severity: "error",
    title: "check protocols other than http and https",
    check: (file) =>
      httpChecks(file).flatMap(({ table, entry }): Problem[] => {
        const protocol = textAt(table, "protocol");
        if (protocol === undefined || protocol === "" || protocol === "http" || protocol === "https")
          return [];
        return [
          {
            at: placeOfKey(table, "protocol", entry),
            message: `${written(protocol)} is no protocol of a check: Fly knows "http" and "https"`,
            fix: 'protocol = "http"',
          },
        ];
      }),
  },
  {
    id: "no-health-check",
    severity: "warning",
    title: "services that no check watches",
    check: (file: FlyFile): Problem[] => {
      const [first] = file.services;
      if (first === undefined || file.topLevelChecks.length > 0) return [];
      return file.services
        .filter(({ checks, table }) => checks.length === 0 && textAt(table, "protocol") !== "udp")
        .map((service) => ({
          at: placeOfSection(service),
          message: `no health check watches port ${service.internalPort ?? "?"}: Fly routes to a hung machine, and a deploy that does not answer counts as done`,
          fix:
            service.kind === "services" && service.publicPorts.every((port) => port !== 80 && port !== 443)
              ? '  [[services.tcp_checks]]\n    interval = "15s"\n    timeout = "5s"\n    grace_period = "10s"'
              : sampleCheck(service.kind),
        }));
    },
  },
  {
    id: "informational-checks-only",
    severity: "warning",
    title: "services that only top-level checks watch",
    check: (file: FlyFile): Problem[] => {
      const [check] = file.topLevelChecks;
      const bare = file.services.filter(({ checks }) => checks.length === 0);
      const [service] = bare;
      if (check === undefined || service === undefined || bare.length !== file.services.length) return [];
      return [
        {
          at: placeOfSection(check),
          message:
            "all checks of this file are top-level ones: they hold deploys but no router looks at them, so Fly goes on routing to a machine that fails them",
          fix: sampleCheck(service.kind),
        },
      ];
    },
  },
];

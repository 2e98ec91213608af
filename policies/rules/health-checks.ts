import { limits } from "../../infra/model/limits";
import type { HealthCheckInputs } from "../../infra/model/resources";
import { milliseconds } from "../../infra/model/units";
import type { Duration } from "../../infra/model/units";
import type { Finding, ResourceRule, StackRule } from "../rule";

const { interval, timeout, gracePeriod } = limits.healthCheck;

const exampleCheck =
  '{ name: "health", type: "http", path: "/health", interval: "30s", timeout: "5s", gracePeriod: "10s" }';

export const healthCheckPresent: StackRule = {
  name: "health-check-present",
  title: "Health check present",
  demands: "Every app has a health check, and every process group with services has a service check.",
  limit: "1 health check an app and 1 service check a process group with services, or more",
  why:
    "Fly's proxy sends requests to a machine without a service check even when it answers none, and a deploy takes " +
    "it for healthy. A top-level check is informational: the proxy does not see it.",
  source: 'monitoring runbook, "Health Check Configuration"; Fly docs, "Health Checks"',
  url: "https://fly.io/docs/reference/health-checks/",
  mend: ["// in the service", "checks: [", `  ${exampleCheck},`, "],"].join("\n"),
  severity: "critical",
  reads: ["flyApp", "healthCheck"],
  judgeStack: ({ flyApp, healthCheck }) =>
    flyApp.flatMap((app): Finding[] => {
      const checks = healthCheck.filter((check) => check.app === app.app);
      const hasServiceCheck = (group: string) =>
        checks.some(({ processGroup, kind }) => processGroup === group && kind === "service");
      const withoutCheck = app.services.filter(
        ({ processGroup }, index, services) =>
          services.findIndex((service) => service.processGroup === processGroup) === index &&
          !hasServiceCheck(processGroup),
      );
      if (withoutCheck.length > 0) {
        return withoutCheck.map(({ field }) => ({
          origin: app,
          field: `${field}.checks`,
          value: [],
          limit: "at least 1 service check; the proxy does not see top-level checks",
          mend: `write checks: [${exampleCheck}]`,
        }));
      }
      if (checks.length > 0) return [];
      const field = app.processGroups[0]?.field ?? "processGroups";
      return [
        {
          origin: app,
          field: `${field}.checks`,
          value: [],
          limit: "at least 1 health check",
          mend: `write checks: [${exampleCheck.replace('path: "/health"', 'port: 8080, path: "/health"')}]`,
        },
      ];
    }),
};

const outside = (check: HealthCheckInputs, field: keyof typeof limits.healthCheck): Finding[] => {
  const { min, max } = limits.healthCheck[field];
  const value = milliseconds(check[field]);
  if (value >= milliseconds(min) && value <= milliseconds(max)) return [];
  const nearest = value < milliseconds(min) ? min : max;
  return [
    {
      origin: check,
      field: `${check.field}.${field}`,
      value: check[field],
      limit: `${min} to ${max}`,
      mend: `write ${field}: "${nearest}"`,
    },
  ];
};

const longerThanInterval = (check: HealthCheckInputs): Finding[] => {
  if (milliseconds(check.timeout) <= milliseconds(check.interval)) return [];
  const longest: Duration =
    milliseconds(check.interval) < milliseconds(timeout.max) ? check.interval : timeout.max;
  return [
    {
      origin: check,
      field: `${check.field}.timeout`,
      value: check.timeout,
      limit: `no longer than the interval of ${check.interval}`,
      mend: `write timeout: "${longest}", or a longer interval`,
    },
  ];
};

export const healthCheckBounds: ResourceRule = {
  name: "health-check-bounds",
  title: "Health check timing within bounds",
  demands: "Interval, timeout and grace period of a health check lie within bounds.",
  limit:
    `interval ${interval.min} to ${interval.max}, timeout ${timeout.min} to ${timeout.max} and no longer than the ` +
    `interval, gracePeriod ${gracePeriod.min} to ${gracePeriod.max}`,
  why:
    "Fly raises and lowers what is outside without a word, so the file would say one thing and the machines do " +
    "another; a timeout longer than the interval lets requests to a hung machine pile up.",
  source: 'flyctl\'s validator; monitoring runbook, "Health Check Configuration"',
  url: "https://fly.io/docs/reference/configuration/#http_service-checks",
  mend: 'interval: "30s",\ntimeout: "5s",\ngracePeriod: "10s",',
  severity: "medium",
  judge: {
    healthCheck: (check) => [
      ...outside(check, "interval"),
      ...outside(check, "timeout"),
      ...outside(check, "gracePeriod"),
      ...longerThanInterval(check),
    ],
  },
};

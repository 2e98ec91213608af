import type { ResolvedApp } from "../../model/app";
import { isPublic } from "../../model/app";
import type {
  AnswerConditions,
  ColdStartTest,
  ExporterApp,
  ExporterConfig,
  JsonAnswer,
  PrivateAnswer,
  ToolAnswer,
} from "../../model/exporter-config";
import type { Fleet } from "../../model/fleet";
import { monitoringHeaders } from "../../model/health-check";
import { limits } from "../../model/limits";
import type { Settings } from "../../model/settings";
import type { Signal } from "../../model/signals";
import type { Duration } from "../../model/units";
import { divided, milliseconds } from "../../model/units";
import { partsUser, watchtowerSecrets } from "../../model/watchtower";
import type { Watchtower } from "../../model/watchtower";
import { httpGroups, startedOnRequest } from "../alerts/groups-of";
import { addressOf } from "../gatus";
import { yamlText } from "../yaml-text";

/** What the private network's answers are asked with: an app that forces HTTPS must not redirect. */
const privateHeaders: Readonly<Record<string, string>> = {
  ...monitoringHeaders,
  "X-Forwarded-Proto": "https",
};

/** Headers that name something of Gatus' environment have no value here. */
const ownHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => !value.includes("${")));

/** Where the machines that answer HTTP do so on the private network. */
const privateAnswers = (app: ResolvedApp, path: string): PrivateAnswer[] =>
  httpGroups(app).flatMap((processGroup) => {
    const [service] = app.processGroups[processGroup]?.services ?? [];
    return service === undefined ? [] : [{ processGroup, port: service.internalPort, path }];
  });

const conditionsOf = (app: ResolvedApp): AnswerConditions[] =>
  app.uptime.flatMap((monitor) => {
    if (monitor.kind !== "poll" || monitor.body.length === 0) return [];
    return privateAnswers(app, monitor.path).map((answer) => ({
      ...answer,
      headers: { ...privateHeaders, ...ownHeaders(monitor.headers) },
      expectedStatus: monitor.expectedStatus,
      fields: monitor.body,
    }));
  });

const watches = (app: ResolvedApp, wanted: Signal): boolean =>
  app.thresholds.some(({ signal }) => signal === wanted);

/** Where the agent service lists what waits, and the MCP server tells of its tools. Source: what the apps answer. */
const paths = { approvals: "/approvals", tools: "/metrics" } as const;

const approvalsOf = (app: ResolvedApp): JsonAnswer[] =>
  watches(app, "approvalQueueAge")
    ? privateAnswers(app, paths.approvals).map((answer) => ({ ...answer, headers: privateHeaders }))
    : [];

/** The module of json_exporter's configuration that reads a tool. */
const moduleOf = (tool: string): string => `tool-${tool}`;

const toolsOf = (app: ResolvedApp): ToolAnswer[] =>
  watches(app, "mcpQueryP95")
    ? privateAnswers(app, paths.tools).map((answer) => ({
        ...answer,
        module: moduleOf(app.metricNames.mcpQueryTool),
      }))
    : [];

const coldStartOf = (app: ResolvedApp, settings: Settings): ColdStartTest | undefined => {
  const monitor = app.uptime.find(({ kind }) => kind === "cold-start");
  const [processGroup] = startedOnRequest(app).filter((group) => httpGroups(app).includes(group));
  if (monitor?.kind !== "cold-start" || processGroup === undefined) return undefined;
  const { startTimeout } = limits.watchtower.exporter;
  return {
    processGroup,
    url: `${addressOf(app.name, settings)}${monitor.path}`,
    headers: { ...monitoringHeaders, ...ownHeaders(monitor.headers) },
    expectedStatus: monitor.expectedStatus,
    intervalMs: milliseconds(divided(monitor.interval, settings.timeDivisor)),
    timeoutMs: Math.max(milliseconds(startTimeout), 2 * milliseconds(monitor.budget.critical)),
  };
};

/** A TLS handshake ends at Fly's edge where that speaks HTTP; elsewhere it would reach, and wake, a machine. */
const certificateOf = (app: ResolvedApp, settings: Settings): ExporterApp["certificate"] => {
  const { protocol, hostname, port } = new URL(addressOf(app.name, settings));
  return protocol === "https:" && isPublic(app) && httpGroups(app).length > 0
    ? { host: hostname, port: Number(port || "443") }
    : undefined;
};

const exporterApp = (app: ResolvedApp, settings: Settings): ExporterApp => {
  const coldStart = coldStartOf(app, settings);
  const certificate = certificateOf(app, settings);
  return {
    name: app.name,
    processGroups: Object.keys(app.processGroups),
    conditions: conditionsOf(app),
    approvals: approvalsOf(app),
    tools: toolsOf(app),
    ...(coldStart && { coldStart }),
    ...(certificate && { certificate }),
  };
};

/** What the exporter is told of a stack with a watchtower. */
export const exporterConfig = ({ apps, settings }: Fleet, watchtower: Watchtower): ExporterConfig => {
  const { exporter, scrapeInterval } = limits.watchtower;
  const ms = (duration: Duration): number => milliseconds(divided(duration, settings.timeDivisor));
  // So many calls a second fill a longer interval where there are many apps.
  const intervalMs = Math.max(
    ms(scrapeInterval),
    Math.ceil((1_000 * apps.length) / exporter.requestsPerSecond),
  );
  return {
    apiUrl: watchtower.apiUrl,
    tokenFile: watchtowerSecrets.flyToken,
    access: { user: partsUser, passwordFile: watchtowerSecrets.partsPassword },
    intervalMs,
    answerAgeMs: exporter.answerIntervals * intervalMs,
    apiTimeoutMs: milliseconds(exporter.apiTimeout),
    answerTimeoutMs: ms(exporter.answerTimeout),
    checkSettlesMs: ms(exporter.checkSettles),
    exitsWindowMs: ms(limits.alerts.crashLoop.window),
    certificateIntervalMs: ms(exporter.certificateInterval),
    apps: apps.map((app) => exporterApp(app, settings)),
  };
};

/** json_exporter's configuration: a module for each name that a query tool has in the fleet. */
const jsonExporterText = (fleet: Fleet): string => {
  const tools = new Set(
    fleet.apps.filter((app) => watches(app, "mcpQueryP95")).map((app) => app.metricNames.mcpQueryTool),
  );
  return yamlText(
    {
      modules: Object.fromEntries(
        [...tools].map((tool) => [
          moduleOf(tool),
          {
            headers: privateHeaders,
            http_client_config: { follow_redirects: false },
            metrics: [
              {
                name: "flymon_tool_p95_milliseconds",
                help: "P95 of a tool over its last 100 calls.",
                path: `{.tools['${tool}'].p95LatencyMs}`,
                valuetype: "gauge",
                labels: { tool },
              },
            ],
          },
        ]),
      ),
    },
    "Written by flymon from infra/fleet.\nFor json_exporter: --config.file=THIS",
  );
};

/** The exporters' files, by path; none without a watchtower. */
export const exporterTexts = (fleet: Fleet): ReadonlyMap<string, string> => {
  const { watchtower } = fleet.settings;
  if (watchtower === undefined) return new Map();
  return new Map([
    ["exporter/config.json", `${JSON.stringify(exporterConfig(fleet, watchtower), null, 2)}\n`],
    ["json-exporter/config.yaml", jsonExporterText(fleet)],
  ]);
};

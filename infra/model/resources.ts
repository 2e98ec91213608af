import type { ResolvedApp } from "./app";
import { forcesHttps, isPublic, servicesOf } from "./app";
import type { ServiceCheck, TopLevelCheck } from "./health-check";
import type { AutoStop, Autoscaling, ProcessGroup, Vm } from "./process-group";
import type { Environment, Settings } from "./settings";
import { stackFile } from "./settings";
import type { Threshold } from "./signals";
import type { Monitor, UptimeBackend } from "./uptime";

/**
 * What the program registers and the policies judge: plain values that are known in every preview. Tokens and shapes
 * stand here so that both sides read the same ones.
 */
export const resourceTypes = {
  flyApp: "flymon:fly:FlyApp",
  healthCheck: "flymon:fly:HealthCheck",
  autoscaling: "flymon:fly:Autoscaling",
  autoStop: "flymon:fly:AutoStop",
  flyToml: "flymon:fly:FlyToml",
  machineSettings: "flymon:fly:MachineSettings",
  platformApp: "flymon:fly:App",
  volume: "flymon:fly:Volume",
  machine: "flymon:fly:Machine",
  uptime: "flymon:uptime:Uptime",
  uptimeMonitor: "flymon:uptime:UptimeMonitor",
  escalationLadder: "flymon:uptime:EscalationLadder",
  heartbeat: "flymon:uptime:Heartbeat",
  statusPage: "flymon:uptime:StatusPage",
  gatusConfig: "flymon:gatus:Config",
  texts: "flymon:files:Texts",
  alertChannels: "flymon:alerts:AlertChannels",
  alertRules: "flymon:alerts:AlertRules",
  alertRouting: "flymon:alerts:AlertRouting",
  drill: "flymon:alerts:Drill",
  slackChannel: "flymon:slack:Channel",
  slackBookmark: "flymon:slack:ChannelBookmark",
  slackMessage: "flymon:slack:Message",
  dashboards: "flymon:dashboards:Dashboards",
  watchtower: "flymon:watchtower:Watchtower",
} as const;

/** Where a value was written, for messages that name the line to change. */
export interface Origin {
  readonly app: string;
  readonly environment: Environment;
  readonly declaredIn: string;
  /** Fields of the app that the stack's own file sets. */
  readonly overridden: readonly string[];
  readonly stackFile: string;
  /** Path of this thing in the app's declaration; empty for the app itself. */
  readonly field: string;
}

/** What a rule about an app's importance looks at. */
export interface Importance {
  readonly alertLevel: ResolvedApp["alertLevel"];
  readonly workload: ResolvedApp["workload"];
}

export interface FlyAppInputs extends Origin, Importance {
  readonly description: string;
  readonly region: string;
  readonly priority: ResolvedApp["priority"];
  readonly owner: string;
  readonly public: boolean;
  readonly processGroups: readonly ProcessGroupInputs[];
  readonly services: readonly ServiceInputs[];
  readonly thresholds: readonly (Threshold & { readonly field: string })[];
}

export interface ProcessGroupInputs {
  readonly name: string;
  readonly field: string;
  readonly role: ProcessGroup["role"];
  readonly vm?: Vm | undefined;
  readonly machines?: number | undefined;
}

export interface ServiceInputs {
  readonly processGroup: string;
  readonly field: string;
  readonly internalPort: number;
  readonly forceHttps: boolean;
}

export type HealthCheckInputs = Origin & {
  readonly processGroup: string;
  readonly kind: "service" | "top-level";
} & (ServiceCheck | TopLevelCheck) & { readonly port: number };

export interface AutoscalingInputs extends Origin, Importance, Autoscaling {
  readonly processGroup: string;
}

export interface AutoStopInputs extends Origin, Importance, AutoStop {
  readonly processGroup: string;
}

export type UptimeMonitorInputs = Origin &
  Monitor & { readonly backend: UptimeBackend; readonly url: string };

/** A written fragment; its words are the fly.toml's own. */
export interface FlyTomlInputs {
  readonly path: string;
  readonly header: string;
  readonly settings: { readonly app: string; readonly [key: string]: unknown };
}

const originOf = (app: ResolvedApp, settings: Settings, field: string): Origin => ({
  app: app.name,
  environment: settings.environment,
  declaredIn: app.declaredIn,
  overridden: app.overridden,
  stackFile: stackFile(settings.stack),
  field,
});

const importanceOf = ({ alertLevel, workload }: ResolvedApp): Importance => ({ alertLevel, workload });

export const flyAppInputs = (app: ResolvedApp, settings: Settings): FlyAppInputs => ({
  ...originOf(app, settings, ""),
  ...importanceOf(app),
  description: app.description,
  region: app.region,
  priority: app.priority,
  owner: app.owner,
  public: isPublic(app),
  processGroups: Object.entries(app.processGroups).map(([name, { role, vm, machines }]) => ({
    name,
    field: `processGroups.${name}`,
    role,
    vm,
    machines,
  })),
  services: servicesOf(app).map(({ group, field, service }) => ({
    processGroup: group,
    field,
    internalPort: service.internalPort,
    forceHttps: forcesHttps(service),
  })),
  thresholds: app.thresholds.map((threshold) => ({
    ...threshold,
    field: `thresholds.${threshold.signal}.${threshold.severity}`,
  })),
});

/** Every check of the app: service checks with their service's port, then the top-level ones. */
export const healthCheckInputs = (app: ResolvedApp, settings: Settings): HealthCheckInputs[] => [
  ...servicesOf(app).flatMap(({ group, field, service }) =>
    service.checks.map((check, index): HealthCheckInputs => ({
      ...originOf(app, settings, `${field}.checks[${index}]`),
      ...check,
      processGroup: group,
      kind: "service",
      port: service.internalPort,
    })),
  ),
  ...Object.entries(app.processGroups).flatMap(([group, { checks }]) =>
    checks.map((check, index): HealthCheckInputs => ({
      ...originOf(app, settings, `processGroups.${group}.checks[${index}]`),
      ...check,
      processGroup: group,
      kind: "top-level",
    })),
  ),
];

export const autoscalingInputs = (app: ResolvedApp, settings: Settings): AutoscalingInputs[] =>
  Object.entries(app.processGroups).flatMap(([processGroup, { autoscaling }]) =>
    autoscaling
      ? [
          {
            ...originOf(app, settings, `processGroups.${processGroup}.autoscaling`),
            ...importanceOf(app),
            ...autoscaling,
            processGroup,
          },
        ]
      : [],
  );

export const autoStopInputs = (app: ResolvedApp, settings: Settings): AutoStopInputs[] =>
  Object.entries(app.processGroups).flatMap(([processGroup, { autoStop }]) =>
    autoStop
      ? [
          {
            ...originOf(app, settings, `processGroups.${processGroup}.autoStop`),
            ...importanceOf(app),
            ...autoStop,
            processGroup,
          },
        ]
      : [],
  );

export const uptimeMonitorInputs = (
  app: ResolvedApp,
  settings: Settings,
  address: string,
): UptimeMonitorInputs[] =>
  app.uptime.map((monitor, index) => ({
    ...originOf(app, settings, `uptime[${index}]`),
    ...monitor,
    backend: settings.uptimeBackend,
    url: `${address}${monitor.path}`,
  }));

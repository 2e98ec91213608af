import { z } from "zod";
import { limits } from "./limits";
import { matching } from "./matching";
import type { Service } from "./process-group";
import { processGroupSchema } from "./process-group";
import { severitySchema } from "./severity";
import type { Threshold } from "./signals";
import { metricNamesSchema, resolveThresholds, thresholdsSchema } from "./signals";
import { monitorSchema } from "./uptime";
import { durationSchema } from "./units";

export const priorities = ["high", "medium", "low"] as const;

/**
 * How an app must behave. The source of each value is the monitoring runbook or the app's own fly.toml; where they
 * differ the comment beside the declaration says which wins.
 */
export const appSchema = z
  .strictObject({
    name: matching(
      /^[a-z0-9][a-z0-9-]*$/,
      "lower-case letters, digits and dashes",
      "write the app's name on Fly",
    ).max(limits.appNameLength),
    description: z.string().min(1),
    /** `primary_region`, the region that min_machines_running speaks of. */
    region: matching(/^[a-z]{3}$/, "a region code of three letters", 'write it as "ord" or "iad"'),
    priority: z.enum(priorities),
    /** The worst severity its outage reaches. Source: monitoring runbook, "Applications to Monitor". */
    alertLevel: severitySchema,
    /** The team that is told. */
    owner: z.string().min(1),
    /**
     * `serving` answers people and must be up; `background` may scale to zero. Source: operations runbook, "Enable
     * Auto-Stop (Background Services)".
     */
    workload: z.enum(["serving", "background"]),
    processGroups: z.record(
      matching(
        /^[a-z][a-z0-9_-]*$/,
        "a group name in lower-case letters",
        'name it as fly.toml does: "app", "web"',
      ),
      processGroupSchema,
    ),
    deploy: z
      .strictObject({
        strategy: z.enum(["rolling", "canary", "bluegreen", "immediate"]).optional(),
        /** How long a deploy waits for checks. */
        waitTimeout: durationSchema.optional(),
        /** A share below 1, or a number of machines. */
        maxUnavailable: z.number().positive().optional(),
      })
      .optional(),
    /** Only the differences from the runbook's table. */
    thresholds: thresholdsSchema.default({}),
    /** What an app calls the metrics behind those signals that only it can measure. */
    metricNames: metricNamesSchema,
    /** Watches from outside Fly. */
    uptime: z.array(monitorSchema).default([]),
  })
  .superRefine((app, context) => {
    const groups = Object.entries(app.processGroups);
    if (groups.length === 0) {
      context.addIssue({
        code: "custom",
        path: ["processGroups"],
        params: { limit: "at least one process group", mend: 'declare the group "app"' },
      });
    }
    for (const [name, group] of groups) {
      if (groups.length > 1 && group.command === undefined) {
        context.addIssue({
          code: "custom",
          path: ["processGroups", name, "command"],
          params: {
            limit: "needed in an app with several process groups",
            mend: "write the command of [processes]",
          },
        });
      }
      if (groups.length === 1 && group.command === undefined && name !== "app") {
        context.addIssue({
          code: "custom",
          path: ["processGroups", name, "command"],
          params: {
            limit: 'needed in a group that is not called "app": only that one exists without [processes]',
            mend: 'write the command of [processes], or call the group "app"',
          },
        });
      }
    }
    const checkNames = groups.flatMap(([group, { checks }]) => checks.map(({ name }) => ({ group, name })));
    checkNames.forEach(({ group, name }, index) => {
      if (checkNames.findIndex((other) => other.name === name) === index) return;
      context.addIssue({
        code: "custom",
        path: ["processGroups", group, "checks"],
        params: {
          limit: `top-level check names that differ in all groups; "${name}" is used twice`,
          mend: "rename one of them: fly.toml keeps them in one table",
        },
      });
    });
    const httpServices = groups.flatMap(([, group]) => group.services).filter(({ kind }) => kind === "http");
    if (httpServices.length > 1) {
      context.addIssue({
        code: "custom",
        path: ["processGroups"],
        params: {
          limit: 'one service of kind "http": fly.toml has one [http_service]',
          mend: 'declare the others as kind "tcp" with their ports',
        },
      });
    }
    const names = app.uptime.map(({ name }) => name);
    names.forEach((name, index) => {
      if (names.indexOf(name) !== index) {
        context.addIssue({
          code: "custom",
          path: ["uptime", index, "name"],
          params: { limit: "monitor names that differ", mend: "rename one of them" },
        });
      }
    });
    app.uptime.forEach((monitor, index) => {
      if (monitor.kind === "poll" && isScaleToZero(app)) {
        context.addIssue({
          code: "custom",
          path: ["uptime", index, "kind"],
          params: {
            limit: '"cold-start" for an app with minMachinesRunning 0: polling keeps it awake for ever',
            mend: 'write kind: "cold-start"',
          },
        });
      }
    });
  });

/** An app as it is written in infra/fleet. */
export type AppDeclaration = z.input<typeof appSchema>;
/** An app with all defaults filled in. */
export type App = z.output<typeof appSchema>;

/** An app of a stack: parsed, with its whole threshold table and where each of its values was written. */
export interface ResolvedApp extends Omit<App, "thresholds"> {
  readonly thresholds: readonly Threshold[];
  /** File of the declaration, from the project root. */
  readonly declaredIn: string;
  /** The fields that the stack's file sets, as paths. */
  readonly overridden: readonly string[];
}

/** The parsed app with its differences laid over the runbook's table. */
export const withThresholds = ({
  thresholds,
  ...app
}: App): Omit<ResolvedApp, "declaredIn" | "overridden"> => ({
  ...app,
  thresholds: resolveThresholds(thresholds),
});

type Groups = Pick<App, "processGroups">;

/** All services with the group each belongs to and its path in the declaration. */
export const servicesOf = (app: Groups): { group: string; field: string; service: Service }[] =>
  Object.entries(app.processGroups).flatMap(([group, { services }]) =>
    services.map((service, index) => ({
      group,
      field: `processGroups.${group}.services[${index}]`,
      service,
    })),
  );

/** Reachable from the internet: it has a service. An app without one has no public address. */
export const isPublic = (app: Groups): boolean => servicesOf(app).length > 0;

/** All machines of some group may be stopped at once by Fly. */
export const isScaleToZero = (app: Groups): boolean =>
  Object.values(app.processGroups).some(
    ({ autoscaling, autoStop }) =>
      autoscaling?.minMachinesRunning === 0 && autoStop !== undefined && autoStop.autoStopMachines !== "off",
  );

/** True when plain http:// is sent on to https:// wherever the service speaks HTTP to the world. */
export const forcesHttps = (service: Service): boolean =>
  service.kind === "http"
    ? service.forceHttps
    : service.ports.every(({ handlers, forceHttps }) => {
        const plainHttp = handlers.includes("http") && !handlers.includes("tls");
        return !plainHttp || forceHttps === true;
      });

/** The app's address on Fly. */
export const flyAddress = (app: string): string => `https://${app}.fly.dev`;

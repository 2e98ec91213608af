import type { Alerting } from "../../../model/alerting";
import { limits } from "../../../model/limits";
import type { Settings } from "../../../model/settings";
import { milliseconds } from "../../../model/units";
import { fleetDashboardUid } from "../../dashboards/uid";
import { anchor, compose, moreThan, placeholders } from "../compose";
import { divided, inWords, prometheusDuration } from "../durations";
import type { Expression } from "../expression";
import { selector } from "../expression";
import { allGroups } from "../groups-of";
import { appProof, around } from "../proofs";
import type { AlertFamily, AlertKind, AlertRule, Proof } from "../rule";

const { label } = placeholders;

const unreadableKind: AlertKind = {
  name: "MachineStateUnknown",
  signal: "machineState",
  title: "The state of an app's machines is unknown",
  meaning:
    "The Machines API gives no usable answer about an app. Alerts about its checks, machines and JSON answers are blind meanwhile.",
  action: {
    warning: "Check the exporter's token (fly tokens list) and its logs; see https://status.fly.io.",
  },
  source: 'monitoring runbook, "Metrics Not Updating"',
};

export const machineStateUnknown: AlertFamily = {
  kind: unreadableKind,
  rules: (context) => {
    const { name } = context.app;
    const limit = moreThan(0);
    const values = around(limit);
    return [
      compose(context, {
        kind: unreadableKind,
        severity: "warning",
        for: limits.alerts.blind.for,
        processGroup: allGroups(context.app).join("+"),
        expression: [`flymon_app_unreadable${selector({ app: name })}`, limit],
        limit: "the Machines API gives no answer",
        summary: `The state of ${label("app")}'s machines is unknown`,
        description: "The Machines API has given no usable answer",
        proof: appProof({
          value: values.loud,
          alerts: [{ app: name }],
          series: [{ metric: "flymon_app_unreadable", labels: { app: name }, kind: "gauge", ...values }],
        }),
      }),
    ];
  },
};

/** The app that alerts about the monitoring itself are of. */
export const watchtower = "watchtower";

export const switchKind: AlertKind = {
  name: "DeadMansSwitch",
  signal: "deadMansSwitch",
  title: "The monitoring is alive",
  meaning:
    "Fires always. It goes to a heartbeat outside, which alarms when it stops coming: then vmalert, Alertmanager or the way between them is dead.",
  action: { info: "Nothing: it is wrong only when it is missing." },
  source: "the watch over the watch",
};

export const exporterKind: AlertKind = {
  name: "MachineStateMissing",
  signal: "exporter",
  title: "The machine-state exporter is silent",
  meaning:
    "No machine's state arrives. Alerts about checks, crashes, memory kills, stopped machines and JSON answers are blind.",
  action: {
    critical: "Restart the exporter: fly machine list -a <watchtower>, fly machine restart; read its logs.",
  },
  source: 'monitoring runbook, "Metrics Not Updating"',
};

export const metricsKind: AlertKind = {
  name: "FlyMetricsMissing",
  signal: "flyMetrics",
  title: "Fly's metrics do not arrive",
  meaning:
    "Nothing of Fly's managed metrics arrives. Alerts about CPU, memory, errors and latency are blind.",
  action: {
    critical: "Check the token (fly tokens list) and https://status.fly.io; read the logs of the watchtower.",
  },
  source: 'monitoring runbook, "Metrics Not Updating"',
};

interface Watch {
  readonly kind: AlertKind;
  readonly processGroup: string;
  readonly severity: AlertRule["severity"];
  readonly expression: Expression;
  readonly for: AlertRule["for"];
  readonly summary: string;
  readonly description: string;
  readonly limit: string;
  readonly proof: Proof;
}

/** The alerts about the monitoring itself; `alwaysOn` says that at least one machine of the fleet must always run. */
export const watchtowerRules = (
  { alerting, settings }: { readonly alerting: Alerting; readonly settings: Settings },
  alwaysOn: boolean,
): readonly AlertRule[] => {
  const compose = ({ kind, processGroup, severity, ...rest }: Watch): AlertRule => ({
    kind,
    app: watchtower,
    severity,
    expression: rest.expression,
    for: rest.for,
    labels: {
      app: watchtower,
      process_group: processGroup,
      severity,
      signal: kind.signal,
      team: alerting.ladder[0]?.notify[0] ?? "reliability",
    },
    annotations: {
      summary: rest.summary,
      description: rest.description,
      action: kind.action[severity] ?? "",
      dashboard: `${alerting.links.dashboards}/${fleetDashboardUid}`,
      runbook_url: `${alerting.links.runbook}#${anchor(kind)}`,
    },
    proof: rest.proof,
    limit: rest.limit,
  });

  const silent = (metric: string): Pick<Watch, "expression" | "for" | "proof" | "limit" | "description"> => {
    const { evaluationInterval } = limits.alerts;
    const window = divided("1m", settings.timeDivisor);
    const interval = divided(evaluationInterval.critical, settings.timeDivisor);
    const duration = divided(limits.alerts.blind.for, settings.timeDivisor);
    return {
      expression: [`absent_over_time(${metric}[${prometheusDuration(window)}])`],
      for: duration,
      limit: `no series for ${inWords(duration)}`,
      description: `There has been no ${metric} for ${inWords(duration)}.`,
      proof: appProof({
        value: 1,
        alerts: [{}],
        lag: Math.ceil(milliseconds(window) / milliseconds(interval)) - 1,
        series: [
          { metric, labels: { app: "any", instance: "any" }, kind: "gauge", quiet: 1, loud: null, calm: 1 },
        ],
      }),
    };
  };

  return [
    compose({
      kind: switchKind,
      processGroup: "vmalert",
      severity: "info",
      expression: ["vector(1)"],
      for: "0s",
      summary: "The monitoring is alive",
      description: "Fires always; alarm when it stops.",
      limit: "always",
      proof: { value: 1, alerts: [{}], series: [] },
    }),
    compose({
      kind: exporterKind,
      processGroup: "exporter",
      severity: "critical",
      summary: "The machine-state exporter is silent",
      ...silent("flymon_app_unreadable"),
    }),
    ...(alwaysOn
      ? [
          compose({
            kind: metricsKind,
            processGroup: "store",
            severity: "critical",
            summary: "Fly's metrics do not arrive",
            ...silent("fly_instance_up"),
          }),
        ]
      : []),
  ];
};

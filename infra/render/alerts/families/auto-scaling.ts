import { limits } from "../../../model/limits";
import { milliseconds } from "../../../model/units";
import { compose, moreThan, over, placeholders } from "../compose";
import { divided, prometheusDuration, seconds } from "../durations";
import type { Expression } from "../expression";
import { selector } from "../expression";
import { httpGroups, startedOnRequest, stoppingGroups } from "../groups-of";
import { appProof, around } from "../proofs";
import { evaluationInterval } from "../rule-groups";
import type { AlertFamily, AlertKind, AppContext } from "../rule";

const { value, label } = placeholders;

const idleKind: AlertKind = {
  name: "FlyMachineNotStopping",
  signal: "autoStop",
  title: "An idle machine is not stopped",
  meaning:
    "More machines run than min_machines_running asks for, at least one of them has answered no request for ten minutes, and none of them is being stopped: Fly stops them one after the other. A connection that is kept open, a health check from outside or auto_stop_machines being off keeps it awake, and it costs money.",
  action: {
    warning: "Check auto_stop_machines config: fly config show; look for connections that stay open.",
  },
  source: 'monitoring runbook, "Auto-scaling Issues"',
};

/**
 * Machines over the minimum, where one of the group is idle and none has been stopped. One that was started within the
 * window is not idle: its first request, which woke it, is nowhere seen as an increase. Of several idle ones Fly's proxy
 * stops one a look, so that the last may wait for long.
 */
const idleExpression = ({ app, settings }: AppContext, group: string): Expression => {
  const minimum = app.processGroups[group]?.autoscaling?.minMachinesRunning ?? 0;
  const machines = selector({ app: app.name, process_group: group });
  // What does not speak HTTP is judged by its connections.
  const requests = httpGroups(app).includes(group)
    ? "fly_app_http_responses_count"
    : "fly_app_tcp_connects_count";
  const window = prometheusDuration(divided(limits.alerts.idleMachine.window, settings.timeDivisor));
  return [
    `((sum by (app, process_group) (flymon_machine_started${machines}) - ${minimum}`,
    // With a minimum of 0 every idle machine is one too many.
    ...(minimum > 0 ? [moreThan(0)] : []),
    `) and on (app, process_group) count by (app, process_group) (min_over_time(flymon_machine_started${machines}[${window}])`,
    moreThan(0),
    `unless on (app, instance) (sum by (app, instance) (rate(${requests}${selector({ app: app.name })}[${window}]))`,
    over(0),
    ")))",
    `unless on (app, process_group) (max_over_time(flymon_group_started_machines${machines}[${window}]) - flymon_group_started_machines${machines}`,
    moreThan(0),
    ")",
  ];
};

export const notStopping: AlertFamily = {
  kind: idleKind,
  rules: (context) => {
    const groups = stoppingGroups(context.app);
    if (groups.length === 0) return [];
    const { name, region } = context.app;
    const window = divided(limits.alerts.idleMachine.window, context.settings.timeDivisor);
    /** One request a window, so that a limit of one a second is too much. */
    const busy = 1 / seconds(window) / 2;
    const interval = milliseconds(evaluationInterval("warning", context.settings));
    /** Evaluations for which nothing may be told although machines are idle. */
    const patience = Math.ceil(
      (milliseconds(divided(limits.alerts.idleMachine.for, context.settings.timeDivisor)) +
        2 * milliseconds(window)) /
        interval,
    );
    return [
      compose(context, {
        kind: idleKind,
        severity: "warning",
        for: limits.alerts.idleMachine.for,
        expression: groups.flatMap((group, index) => [
          ...(index === 0 ? [] : ["or"]),
          ...idleExpression(context, group),
        ]),
        limit: "idle, and more than the minimum run",
        summary: `An idle machine of ${name} (${label("process_group")}) is not stopped`,
        description: `${value(0)} machine(s) over min_machines_running have been running while one was idle`,
        proof: appProof({
          value: 1,
          memory: window,
          lag: Math.ceil(milliseconds(window) / interval) - 1,
          alerts: groups.map((group) => ({ app: name, process_group: group })),
          series: groups.flatMap((group) => {
            const minimum = context.app.processGroups[group]?.autoscaling?.minMachinesRunning ?? 0;
            const requests = httpGroups(context.app).includes(group)
              ? { metric: "fly_app_http_responses_count", labels: { status: "200" } }
              : { metric: "fly_app_tcp_connects_count", labels: {} };
            const started = (instance: string, quiet: readonly number[], loud: number, calm: number) => ({
              metric: "flymon_machine_started",
              labels: { app: name, instance: `${group}-${instance}`, process_group: group },
              kind: "gauge" as const,
              quiet,
              loud,
              calm,
            });
            const answers = (instance: string, quiet: readonly number[], loud: number) => ({
              metric: requests.metric,
              labels: { app: name, instance: `${group}-${instance}`, region, ...requests.labels },
              kind: "counter" as const,
              quiet,
              loud,
              calm: 0,
            });
            // Quiet: the minimum runs idle; then one more runs, and all are busy but a stopped one; then it is idle, but
            // others are stopped again and again.
            const kept = Array.from({ length: minimum }, (_, index) => `kept${index}`);
            return [
              ...kept.flatMap((instance) => [
                started(instance, [1, 1, 1], 1, 1),
                answers(instance, [0, busy, busy], busy),
              ]),
              started("extra", [0, 1, 1], 1, 0),
              answers("extra", [0, busy, 0], 0),
              started("stopped", [0, 0, 0], 0, 0),
              {
                metric: "flymon_group_started_machines",
                labels: { app: name, process_group: group },
                kind: "switch" as const,
                quiet: [0, 0, patience],
                loud: 0,
                calm: 0,
              },
            ];
          }),
        }),
      }),
    ];
  },
};

const startKind: AlertKind = {
  name: "FlyMachineNotStarting",
  signal: "autoStartFailure",
  title: "A machine does not start on request",
  meaning:
    "A test request to an app that may sleep got no good answer: Fly's proxy did not start a machine, or the machine did not come up.",
  action: {
    warning:
      "Check auto_start_machines config: fly config show; then fly machine start by hand and fly logs.",
  },
  source: 'monitoring runbook, "Auto-scaling Issues"',
};

export const notStarting: AlertFamily = {
  kind: startKind,
  rules: (context) => {
    const groups = startedOnRequest(context.app);
    if (groups.length === 0) return [];
    const { name } = context.app;
    const limit = moreThan(0);
    const values = around(limit);
    return [
      compose(context, {
        kind: startKind,
        severity: "warning",
        for: limits.alerts.startFailure.for,
        expression: [`flymon_autostart_failed${selector({ app: name })}`, limit],
        limit: "no answer to the latest test",
        summary: `${name} (${label("process_group")}) does not start on request`,
        description: "The latest test request to a stopped machine got no good answer",
        proof: appProof({
          value: values.loud,
          alerts: groups.map((group) => ({ app: name, process_group: group })),
          series: groups.map((group) => ({
            metric: "flymon_autostart_failed",
            labels: { app: name, process_group: group },
            kind: "gauge",
            ...values,
          })),
        }),
      }),
    ];
  },
};

const slowKind: AlertKind = {
  name: "FlyAutoStartSlow",
  signal: "autoStart",
  title: "Starting on request is slow",
  meaning: "How long the latest test request to a stopped machine waited for its answer.",
  action: {
    critical:
      "Investigate cold start performance now: image size, boot work, memory; keep one machine running meanwhile.",
    warning: "Investigate cold start performance.",
    info: "Investigate cold start performance.",
  },
  source: 'monitoring runbook, "Auto-scaling Issues"; agent services\' runbook (10 s warning, 20 s critical)',
};

export const slowStart: AlertFamily = {
  kind: slowKind,
  rules: (context) => {
    const groups = startedOnRequest(context.app);
    if (groups.length === 0) return [];
    const { name, thresholds } = context.app;
    return thresholds
      .filter(({ signal }) => signal === "autoStart")
      .map(({ severity, above, for: duration }) => {
        const limit = over(above);
        const values = around(limit);
        return compose(context, {
          kind: slowKind,
          severity,
          for: duration,
          expression: [`flymon_autostart_seconds${selector({ app: name })}`, limit],
          limit: `over ${above} s`,
          summary: `${name} (${label("process_group")}) starts slowly`,
          description: `The latest start on request took ${value(1)} s, over the limit of ${above} s`,
          proof: appProof({
            value: values.loud,
            alerts: groups.map((group) => ({ app: name, process_group: group })),
            series: groups.map((group) => ({
              metric: "flymon_autostart_seconds",
              labels: { app: name, process_group: group },
              kind: "gauge",
              ...values,
            })),
          }),
        });
      });
  },
};

import { limits } from "../../../model/limits";
import { compose, moreThan, placeholders } from "../compose";
import { divided, inWords, prometheusDuration } from "../durations";
import { selector } from "../expression";
import { around, machineProof } from "../proofs";
import type { AlertFamily, AlertKind, AppContext } from "../rule";

const { value, label } = placeholders;

const groupsWithChecks = ({ app }: AppContext): string[] =>
  Object.entries(app.processGroups)
    .filter(
      ([, { checks, services }]) =>
        checks.length > 0 || services.some((service) => service.checks.length > 0),
    )
    .map(([name]) => name);

const failingKind: AlertKind = {
  name: "FlyHealthCheckFailing",
  signal: "healthCheck",
  title: "A health check fails",
  meaning:
    "A check of a started machine is warning or critical. Fly sends no traffic to a machine whose service check fails, and never restarts it for that.",
  action: {
    critical:
      "Restart machines, execute rollback: fly machine restart; check dependencies (Supabase, Shopify).",
    warning: "Investigate logs: fly logs, fly checks list.",
    info: "Monitor closely.",
  },
  source: 'monitoring runbook, "Health Check Status"; operations runbook, "Health Check Failure"',
};

export const healthCheckFailing: AlertFamily = {
  kind: failingKind,
  rules: (context) => {
    const groups = groupsWithChecks(context);
    if (groups.length === 0) return [];
    const { name, region, thresholds } = context.app;
    return thresholds
      .filter(({ signal }) => signal === "healthCheck")
      .map(({ severity, above, for: duration }) => {
        const limit = moreThan(above);
        const values = around(limit);
        return compose(context, {
          kind: failingKind,
          severity,
          for: duration,
          expression: [`flymon_check_failing${selector({ app: name })}`, limit],
          limit: "failing",
          summary: `Check ${label("check")} of ${name} (${label("process_group")}) fails`,
          description: `Check ${label("check")} of machine ${label("instance")} has been failing`,
          proof: machineProof({
            app: name,
            region,
            groups,
            value: values.loud,
            labels: { check: "servicecheck-00-http" },
            series: [
              {
                metric: "flymon_check_failing",
                labels: { check: "servicecheck-00-http" },
                kind: "gauge",
                by: "exporter",
                ...values,
              },
            ],
          }),
        });
      });
  },
};

const flappingKind: AlertKind = {
  name: "FlyHealthCheckFlapping",
  signal: "healthCheckFlapping",
  title: "A health check comes and goes",
  meaning: `A check has changed its status more than ${limits.alerts.intermittentCheck.changes} times within ${inWords(limits.alerts.intermittentCheck.window)}: it failed at least twice and recovered.`,
  action: { info: "Monitor closely: timeouts near the answer time, restarts, and deploys look like this." },
  source: 'monitoring runbook, "Health Check Status: Intermittent failures"',
};

export const healthCheckFlapping: AlertFamily = {
  kind: flappingKind,
  rules: (context) => {
    const groups = groupsWithChecks(context);
    if (groups.length === 0) return [];
    const { name, region } = context.app;
    const { changes } = limits.alerts.intermittentCheck;
    const window = divided(limits.alerts.intermittentCheck.window, context.settings.timeDivisor);
    return [
      compose(context, {
        kind: flappingKind,
        severity: "info",
        for: "0s",
        expression: [
          `changes_prometheus(flymon_check_failing${selector({ app: name })}[${prometheusDuration(window)}])`,
          moreThan(changes),
        ],
        limit: `more than ${changes} changes in ${inWords(window)}`,
        summary: `Check ${label("check")} of ${name} (${label("process_group")}) comes and goes`,
        description: `Check ${label("check")} of machine ${label("instance")} has changed its status ${value(0)} times within ${inWords(window)}`,
        proof: machineProof({
          app: name,
          region,
          groups,
          value: changes + 1,
          labels: { check: "servicecheck-00-http" },
          memory: window,
          lag: changes + 1,
          series: [
            {
              metric: "flymon_check_failing",
              labels: { check: "servicecheck-00-http" },
              kind: "switch",
              by: "exporter",
              quiet: changes,
              loud: changes + 1,
              calm: 0,
            },
          ],
        }),
      }),
    ];
  },
};

import { limits } from "../../../model/limits";
import { isPublic } from "../../../model/app";
import { compose, over, placeholders, servingGroup, under } from "../compose";
import { divided, prometheusDuration } from "../durations";
import { selector } from "../expression";
import { allGroups } from "../groups-of";
import { appProof, around, machineProof } from "../proofs";
import { withGroup } from "../recordings";
import type { AlertFamily, AlertKind } from "../rule";

const { value, label } = placeholders;

const throttleKind: AlertKind = {
  name: "FlyCpuThrottled",
  signal: "cpuThrottle",
  title: "Fly throttles the CPU",
  meaning:
    "Time in which a machine wanted to run and Fly held it back because its share of the CPU is used up, in percent of one CPU.",
  action: { warning: "Plan CPU scaling: more shared CPUs, or performance CPUs, which are not throttled." },
  source: 'Fly docs, "CPU performance"',
};

export const cpuThrottled: AlertFamily = {
  kind: throttleKind,
  rules: (context) => {
    const { name, region } = context.app;
    const { above, for: duration } = limits.alerts.cpuThrottle;
    const window = divided(limits.alerts.rateWindow, context.settings.timeDivisor);
    const limit = over(above);
    const values = around(limit);
    return [
      compose(context, {
        kind: throttleKind,
        severity: "warning",
        for: duration,
        expression: [
          withGroup(
            `sum by (app, instance) (rate(fly_instance_cpu_throttle${selector({ app: name })}[${prometheusDuration(window)}]))`,
          ),
          limit,
        ],
        limit: `over ${above} % of a CPU`,
        summary: `CPU of ${name} (${label("process_group")}) is throttled`,
        description: `Machine ${label("instance")} is held back for ${value(1)} % of a CPU, over the limit of ${above} %`,
        proof: machineProof({
          app: name,
          region,
          groups: allGroups(context.app),
          value: values.loud,
          memory: window,
          series: [{ metric: "fly_instance_cpu_throttle", labels: {}, kind: "counter", ...values }],
        }),
      }),
    ];
  },
};

const balanceKind: AlertKind = {
  name: "FlyCpuBalanceLow",
  signal: "cpuBalance",
  title: "Burst balance is used up",
  meaning: "Seconds that a machine with shared CPUs may still run above its share. At 0 Fly throttles it.",
  action: { info: "Monitor trend: what uses the CPU all the time needs more of it." },
  source: 'Fly docs, "CPU performance"',
};

export const cpuBalance: AlertFamily = {
  kind: balanceKind,
  rules: (context) => {
    const { name, region, processGroups } = context.app;
    // Performance CPUs are never throttled; an undeclared size may be shared.
    const groups = allGroups(context.app).filter(
      (group) => processGroups[group]?.vm?.cpuKind !== "performance",
    );
    if (groups.length === 0) return [];
    const { below, for: duration } = limits.alerts.cpuBalance;
    const limit = under(below);
    const { quiet, loud, calm } = around(limit);
    return [
      compose(context, {
        kind: balanceKind,
        severity: "info",
        for: duration,
        expression: [
          withGroup(`min by (app, instance) (fly_instance_cpu_balance${selector({ app: name })}) / 100`),
          limit,
        ],
        limit: `under ${below} s`,
        summary: `Burst balance of ${name} (${label("process_group")}) is used up`,
        description: `Machine ${label("instance")} has ${value(2)} s of burst left, under the limit of ${below} s`,
        proof: machineProof({
          app: name,
          region,
          groups,
          value: loud,
          series: [
            {
              metric: "fly_instance_cpu_balance",
              labels: {},
              kind: "gauge",
              quiet: 100 * quiet,
              loud: 100 * loud,
              calm: 100 * calm,
            },
          ],
        }),
      }),
    ];
  },
};

const volumeKind: AlertKind = {
  name: "FlyVolumeFilling",
  signal: "volume",
  title: "A volume fills up",
  meaning: "How much of a volume is used. A database whose volume is full stops writing.",
  action: {
    critical: "Extend it now: fly volumes extend <volume-id> --size <GB>.",
    warning: "Plan to extend it, or remove what is not needed: fly volumes list.",
  },
  source: 'operations runbook, "Volume Management"',
};

export const volumeFilling: AlertFamily = {
  kind: volumeKind,
  rules: (context) => {
    const { name, region } = context.app;
    return (["warning", "critical"] as const).map((severity) => {
      const { above, for: duration } = limits.alerts.volume[severity];
      const limit = over(above);
      const values = around(limit);
      return compose(context, {
        kind: volumeKind,
        severity,
        for: duration,
        // Fly's series of volumes name no machine.
        processGroup: allGroups(context.app).join("+"),
        expression: [`max by (app, id) (fly_volume_used_pct${selector({ app: name })})`, limit],
        limit: `over ${above} %`,
        summary: `A volume of ${name} fills up`,
        description: `Volume ${label("id")} is ${value(1)} % full, over the limit of ${above} %`,
        proof: appProof({
          value: values.loud,
          alerts: [{ app: name, id: "vol_loud" }],
          series: [
            {
              metric: "fly_volume_used_pct",
              labels: { app: name, region, id: "vol_loud" },
              kind: "gauge",
              ...values,
            },
          ],
        }),
      });
    });
  },
};

const certificateKind: AlertKind = {
  name: "CertificateEnding",
  signal: "certificate",
  title: "A certificate ends soon",
  meaning:
    "Days until the certificate of a public address ends. Fly renews a month ahead; two weeks left means that renewal fails.",
  action: {
    critical: "Renew now: fly certs check, then mend the DNS records it names.",
    warning: "See why renewal fails: fly certs check.",
  },
  source: "the threshold of the watch from outside",
};

const secondsPerDay = 86_400;

export const certificateEnding: AlertFamily = {
  kind: certificateKind,
  rules: (context) => {
    if (!isPublic(context.app)) return [];
    const { name } = context.app;
    return (["warning", "critical"] as const).map((severity) => {
      const { below, for: duration } = limits.alerts.certificate[severity];
      const limit = under(below);
      const { quiet, loud, calm } = around(limit);
      return compose(context, {
        kind: certificateKind,
        severity,
        for: duration,
        processGroup: servingGroup(context),
        expression: [
          `(flymon_certificate_expiry_timestamp_seconds${selector({ app: name })} - time()) / ${secondsPerDay}`,
          limit,
        ],
        limit: `under ${below} days`,
        summary: `The certificate of ${label("hostname")} ends soon`,
        description: `The certificate of ${label("hostname")} ends in ${value(1)} days, under the limit of ${below} days`,
        proof: appProof({
          value: loud,
          alerts: [{ app: name, hostname: `${name}.fly.dev` }],
          series: [
            {
              metric: "flymon_certificate_expiry_timestamp_seconds",
              labels: { app: name, hostname: `${name}.fly.dev` },
              kind: "timestamp",
              quiet: secondsPerDay * quiet,
              loud: secondsPerDay * loud,
              calm: secondsPerDay * calm,
            },
          ],
        }),
      });
    });
  },
};

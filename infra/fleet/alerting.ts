import { declareAlerting } from "../model/fleet";

/** Source: monitoring runbook, "Alert Routing and Escalation". */
export const alerting = declareAlerting("infra/fleet/alerting.ts", {
  links: {
    runbook: "https://github.com/Jgorzitza/HotDash/blob/main/docs/alerts.md",
    // Fly's managed Grafana.
    dashboards: "https://fly-metrics.net/d",
  },
  recipients: {
    reliability: { title: "Reliability Team", email: "reliability@team" },
    engineer: { title: "Engineer", email: "engineer@team" },
    manager: { title: "Manager", email: "manager@team" },
  },
  channels: {
    incidents: {
      name: "incidents",
      purpose: "Critical alerts (SEV-1) of the HotDash apps on Fly.io, each with its recovery.",
      topic: "SEV-1: answer within 5 minutes",
      links: true,
    },
    monitoring: {
      name: "monitoring",
      purpose: "Warnings (SEV-2) and notices (SEV-3) of the HotDash apps on Fly.io.",
      topic: "SEV-2: answer within 15 minutes; SEV-3: within 30 minutes",
      links: true,
    },
  },
  routes: {
    critical: {
      channel: "incidents",
      email: ["reliability", "engineer", "manager"],
      sms: "on-call",
      responseTime: "5m",
    },
    warning: { channel: "monitoring", email: ["reliability"], responseTime: "15m" },
    info: { channel: "monitoring", email: [], log: "feedback/reliability.md", responseTime: "30m" },
  },
  // Source: monitoring setup, "Synthetic Checks" and "Alert Check Script": both run by cron.
  heartbeats: [
    { name: "synthetic-check", about: "scripts/ci/synthetic-check.mjs", period: "15m", grace: "3m" },
    { name: "alert-check", about: "scripts/ops/fly-alert-check.sh", period: "5m", grace: "1m" },
  ],
  ladder: [
    { after: "0s", notify: ["reliability"], action: "Alert detected" },
    { after: "5m", notify: ["engineer"], action: "Still critical" },
    { after: "15m", notify: ["manager"], action: "Still critical" },
    { after: "30m", notify: [], action: "Emergency procedures" },
  ],
});

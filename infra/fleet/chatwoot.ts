import { declareApp } from "../model/fleet";

/**
 * Customer support: Rails answers people, Sidekiq works behind it.
 * Sources: monitoring runbook, "Chatwoot (Rails + Sidekiq)"; the app's fly.toml for ports, limits and check timing.
 */
export const chatwoot = declareApp("infra/fleet/chatwoot.ts", {
  name: "hotdash-chatwoot",
  description: "Chatwoot: Rails and Sidekiq",
  region: "ord",
  priority: "high",
  alertLevel: "critical",
  owner: "reliability",
  workload: "serving",
  processGroups: {
    web: {
      role: "web",
      command: "bundle exec rails server -b 0.0.0.0 -p 3000",
      vm: { cpuKind: "shared", cpus: 1, memory: "2gb" },
      services: [
        {
          kind: "tcp",
          internalPort: 3000,
          ports: [
            { port: 80, handlers: ["http"], forceHttps: true },
            { port: 443, handlers: ["tls", "http"] },
          ],
          checks: [
            // The runbook asks /api; the file's /rails/health says nothing of Redis and Postgres.
            { name: "api", type: "http", path: "/api", interval: "15s", timeout: "10s", gracePeriod: "30s" },
          ],
        },
      ],
      autoscaling: {
        minMachinesRunning: 1,
        maxMachines: 1,
        concurrency: { type: "connections", softLimit: 20, hardLimit: 25 },
      },
      autoStop: { autoStopMachines: "off", autoStartMachines: true },
    },
    worker: {
      role: "worker",
      command: "bundle exec sidekiq -C config/sidekiq.yml",
      // Runs with 512 MB live and is killed for memory; the runbook and the file say 2 GB.
      vm: { cpuKind: "shared", cpus: 1, memory: "2gb" },
      machines: 1,
      // Where the exporters of Sidekiq listen unless told otherwise: without one its two alerts stay silent.
      metrics: { port: 9394, path: "/metrics" },
    },
  },
  thresholds: {
    // 500 ms is a warning here, so an info at 500 ms would say nothing more.
    latencyP95: { info: null, warning: { above: 500, for: "15m" } },
    sidekiqQueue: { critical: { above: 1000, for: "5m" } },
    jobDuration: { warning: { above: 30, for: "5m" } },
  },
  uptime: [
    {
      kind: "poll",
      name: "api",
      path: "/api",
      // Answers 200 even with Redis or Postgres gone: only the body tells.
      body: [
        { path: "queue_services", equals: "ok" },
        { path: "data_services", equals: "ok" },
      ],
    },
  ],
});

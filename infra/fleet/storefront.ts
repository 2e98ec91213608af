import { declareApp } from "../model/fleet";

/**
 * The staging storefront, a React Router 7 app.
 * Sources: monitoring runbook, "Staging App (React Router 7)"; the app's fly.toml.
 */
export const staging = declareApp("infra/fleet/storefront.ts", {
  name: "hotdash-staging",
  description: "Storefront on staging: React Router 7",
  region: "ord",
  priority: "medium",
  alertLevel: "warning",
  owner: "reliability",
  workload: "serving",
  processGroups: {
    app: {
      role: "web",
      vm: { cpuKind: "shared", cpus: 1, memory: "1gb" },
      services: [
        {
          kind: "http",
          internalPort: 3000,
          checks: [
            {
              name: "health",
              type: "http",
              path: "/health",
              interval: "30s",
              timeout: "5s",
              gracePeriod: "10s",
            },
            {
              name: "monitoring",
              type: "http",
              path: "/api/monitoring/health",
              interval: "60s",
              timeout: "10s",
              gracePeriod: "10s",
            },
          ],
        },
      ],
      autoscaling: { minMachinesRunning: 1, maxMachines: 1 },
      autoStop: { autoStopMachines: "stop", autoStartMachines: true },
      metrics: { port: 3000, path: "/metrics" },
    },
  },
  thresholds: {
    latencyP95: { warning: { above: 800, for: "15m" } },
  },
  uptime: [
    // All machines down is critical even on staging; slowness is not.
    { kind: "poll", name: "health", path: "/health" },
    {
      kind: "poll",
      name: "synthetic",
      path: "/app?mock=0",
      // Gatus fills the token in from its environment.
      headers: { "X-Hotdash-Synthetic": "${HOTDASH_SYNTHETIC_TOKEN}" },
      responseBudget: "800ms",
      severity: "warning",
    },
  ],
});

/**
 * Fly Postgres behind staging. It has no fly.toml and no public address; the checks and the metrics port are those
 * that Fly's Postgres image serves itself. Its size is left as it is.
 * Source: monitoring runbook, "Applications to Monitor".
 */
export const stagingDatabase = declareApp("infra/fleet/storefront.ts", {
  name: "hotdash-staging-db",
  description: "PostgreSQL behind the staging storefront",
  region: "ord",
  priority: "medium",
  alertLevel: "critical",
  owner: "reliability",
  workload: "serving",
  processGroups: {
    app: {
      role: "database",
      machines: 1,
      checks: [
        { name: "postgres", type: "tcp", port: 5432, interval: "15s", timeout: "10s", gracePeriod: "30s" },
        {
          name: "pg",
          type: "http",
          port: 5500,
          path: "/flycheck/pg",
          interval: "15s",
          timeout: "10s",
          gracePeriod: "30s",
        },
        {
          name: "role",
          type: "http",
          port: 5500,
          path: "/flycheck/role",
          interval: "15s",
          timeout: "10s",
          gracePeriod: "30s",
        },
        {
          name: "vm",
          type: "http",
          port: 5500,
          path: "/flycheck/vm",
          interval: "60s",
          timeout: "10s",
          gracePeriod: "30s",
        },
      ],
      metrics: { port: 9187, path: "/metrics" },
    },
  },
});

/**
 * The storefront itself. Sources: operations runbook, "Production Deployment"; the app's fly.toml without the keys
 * that Fly ignores.
 */
export const production = declareApp("infra/fleet/storefront.ts", {
  name: "hotdash-production",
  description: "Storefront: React Router 7",
  region: "ord",
  priority: "high",
  alertLevel: "critical",
  owner: "reliability",
  workload: "serving",
  processGroups: {
    app: {
      role: "web",
      vm: { cpuKind: "shared", cpus: 2, memory: "2gb" },
      services: [
        {
          kind: "http",
          internalPort: 3000,
          checks: [
            {
              name: "health",
              type: "http",
              path: "/health",
              interval: "15s",
              timeout: "5s",
              gracePeriod: "10s",
            },
            {
              name: "monitoring",
              type: "http",
              path: "/api/monitoring/health",
              interval: "30s",
              timeout: "10s",
              gracePeriod: "15s",
            },
          ],
        },
      ],
      autoscaling: {
        minMachinesRunning: 2,
        // The runbook scales to three in a traffic spike.
        maxMachines: 3,
        concurrency: { type: "connections", softLimit: 800, hardLimit: 1000 },
      },
      // The file says stop; what is critical in production does not.
      autoStop: { autoStopMachines: "off", autoStartMachines: true },
      metrics: { port: 3000, path: "/metrics" },
    },
  },
  deploy: { strategy: "rolling", waitTimeout: "5m", maxUnavailable: 0.25 },
  uptime: [{ kind: "poll", name: "health", path: "/health" }],
});

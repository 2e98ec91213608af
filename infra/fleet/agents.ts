import { declareApp } from "../model/fleet";

/**
 * The MCP server that agents query. Its file keeps a machine running; the operations runbook is newer and lets it
 * stop ("Enable Auto-Stop (Background Services)").
 */
export const llamaindexMcp = declareApp("infra/fleet/agents.ts", {
  name: "hotdash-llamaindex-mcp",
  description: "LlamaIndex MCP server",
  region: "iad",
  priority: "high",
  alertLevel: "critical",
  owner: "reliability",
  workload: "background",
  processGroups: {
    app: {
      role: "service",
      vm: { cpuKind: "shared", cpus: 1, memory: "512mb" },
      services: [
        {
          kind: "http",
          internalPort: 8080,
          checks: [
            {
              name: "health",
              type: "http",
              path: "/health",
              interval: "30s",
              timeout: "5s",
              gracePeriod: "10s",
            },
          ],
        },
      ],
      autoscaling: { minMachinesRunning: 0, maxMachines: 1 },
      autoStop: { autoStopMachines: "stop", autoStartMachines: true },
    },
  },
  thresholds: {
    autoStart: { warning: { above: 10, for: "1m" }, critical: { above: 20, for: "1m" } },
    mcpQueryP95: { warning: { above: 500, for: "15m" }, critical: { above: 1000, for: "10m" } },
  },
  uptime: [{ kind: "cold-start", name: "auto-start", path: "/health" }],
});

/** The agent service: approvals wait here for people. Source: monitoring runbook, "Agent SDK Services". */
export const agentService = declareApp("infra/fleet/agents.ts", {
  name: "hotdash-agent-service",
  description: "Agent SDK service",
  region: "iad",
  priority: "high",
  alertLevel: "critical",
  owner: "reliability",
  workload: "background",
  processGroups: {
    app: {
      role: "service",
      vm: { cpuKind: "shared", cpus: 1, memory: "512mb" },
      services: [
        {
          kind: "http",
          internalPort: 8787,
          checks: [
            {
              name: "health",
              type: "http",
              path: "/health",
              interval: "30s",
              timeout: "5s",
              gracePeriod: "10s",
            },
          ],
        },
      ],
      autoscaling: { minMachinesRunning: 0, maxMachines: 3 },
      autoStop: { autoStopMachines: "stop", autoStartMachines: true },
    },
  },
  thresholds: {
    autoStart: { warning: { above: 10, for: "1m" }, critical: { above: 20, for: "1m" } },
    approvalQueueAge: { warning: { above: 30, for: "1m" }, critical: { above: 60, for: "1m" } },
  },
  uptime: [{ kind: "cold-start", name: "auto-start", path: "/health" }],
});

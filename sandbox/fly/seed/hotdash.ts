import type { SeededApp } from "../machines/seed";

// The fleet as it runs before anything is applied: today's fly.toml files, with what has drifted from them.

const release = {
  fly_platform_version: "v2",
  fly_release_id: "7lqYvMmX1nKpR3gA",
  fly_release_version: "41",
  fly_flyctl_version: "0.3.199",
};
const metadata = (group: string) => ({ ...release, fly_process_group: group });
const ports = [
  { port: 80, handlers: ["http"], force_https: true },
  { port: 443, handlers: ["http", "tls"] },
];
const shared = (cpus: number, megabytes: number) => ({ cpu_kind: "shared", cpus, memory_mb: megabytes });
const http = (path: string, interval: string, timeout: string, grace: string) => ({
  type: "http",
  interval,
  timeout,
  grace_period: grace,
  method: "GET",
  path,
});
const image = (name: string) => `registry.fly.io/${name}:deployment-01K7Y3QJ9T8E5M2B6VZC4XW0HD`;

const chatwootEnv = {
  RAILS_ENV: "production",
  NODE_ENV: "production",
  INSTALLATION_ENV: "fly",
  PRIMARY_REGION: "ord",
};

/** The apps of HotDash with their machines as they are live. */
export const hotdash: readonly SeededApp[] = [
  {
    name: "hotdash-chatwoot",
    machines: [
      {
        name: "chatwoot-web",
        config: {
          image: "docker-hub-mirror.fly.io/chatwoot/chatwoot:latest",
          env: { ...chatwootEnv, FLY_PROCESS_GROUP: "web" },
          init: { cmd: ["bundle", "exec", "rails", "server", "-b", "0.0.0.0", "-p", "3000"] },
          guest: shared(1, 2_048),
          metadata: metadata("web"),
          restart: { policy: "on-failure", max_retries: 10 },
          services: [
            {
              protocol: "tcp",
              internal_port: 3_000,
              autostop: false,
              autostart: true,
              ports,
              concurrency: { type: "connections", soft_limit: 20, hard_limit: 25 },
              // Answers 200 whatever is broken behind Rails.
              checks: [http("/rails/health", "15s", "10s", "30s")],
            },
          ],
        },
      },
      {
        name: "chatwoot-worker",
        config: {
          image: "docker-hub-mirror.fly.io/chatwoot/chatwoot:latest",
          env: { ...chatwootEnv, FLY_PROCESS_GROUP: "worker" },
          init: { cmd: ["bundle", "exec", "sidekiq", "-C", "config/sidekiq.yml"] },
          // The file says 2 GB; the machine was made smaller by hand and is killed for memory now and then.
          guest: shared(1, 512),
          metadata: metadata("worker"),
          restart: { policy: "on-failure", max_retries: 10 },
          // What yabeda-sidekiq publishes.
          metrics: { port: 9_394, path: "/metrics" },
        },
      },
    ],
  },
  {
    name: "hotdash-staging",
    machines: [
      {
        name: "staging-app",
        config: {
          image: image("hotdash-staging"),
          env: { HOST: "0.0.0.0", PORT: "3000", PRIMARY_REGION: "ord" },
          guest: shared(1, 1_024),
          metadata: metadata("app"),
          restart: { policy: "on-failure", max_retries: 10 },
          services: [
            {
              protocol: "tcp",
              internal_port: 3_000,
              autostop: true,
              autostart: true,
              min_machines_running: 1,
              ports,
              checks: [
                http("/health", "30s", "5s", "10s"),
                http("/api/monitoring/health", "60s", "10s", "10s"),
              ],
            },
          ],
        },
      },
    ],
  },
  {
    name: "hotdash-staging-db",
    machines: [
      {
        name: "staging-db",
        volume: { name: "pg_data", sizeGb: 10, path: "/data", used: 0.094 },
        config: {
          image: "docker-hub-mirror.fly.io/flyio/postgres-flex:17.2",
          env: { PRIMARY_REGION: "ord" },
          guest: shared(1, 1_024),
          metadata: { ...metadata("app"), "managed-by-fly-deploy": "true" },
          restart: { policy: "always" },
          checks: {
            pg: { ...http("/flycheck/pg", "15s", "10s", "30s"), port: 5_500 },
            role: { ...http("/flycheck/role", "15s", "10s", "30s"), port: 5_500 },
            vm: { ...http("/flycheck/vm", "1m", "10s", "30s"), port: 5_500 },
          },
          metrics: { port: 9_187, path: "/metrics" },
        },
      },
    ],
  },
  {
    name: "hotdash-llamaindex-mcp",
    machines: [
      {
        name: "mcp-app",
        region: "iad",
        config: {
          image: image("hotdash-llamaindex-mcp"),
          env: { PORT: "8080", NODE_ENV: "production", PRIMARY_REGION: "iad" },
          guest: shared(1, 512),
          metadata: metadata("app"),
          restart: { policy: "on-failure", max_retries: 10 },
          services: [
            {
              protocol: "tcp",
              internal_port: 8_080,
              autostop: false,
              autostart: true,
              min_machines_running: 1,
              ports,
              checks: [http("/health", "30s", "5s", "10s")],
            },
          ],
        },
      },
    ],
  },
  {
    name: "hotdash-agent-service",
    machines: [
      {
        name: "agent-app",
        region: "iad",
        config: {
          image: image("hotdash-agent-service"),
          env: { PORT: "8787", NODE_ENV: "production", PRIMARY_REGION: "iad" },
          guest: shared(1, 512),
          metadata: metadata("app"),
          restart: { policy: "on-failure", max_retries: 10 },
          services: [
            {
              protocol: "tcp",
              internal_port: 8_787,
              autostop: true,
              autostart: true,
              min_machines_running: 0,
              ports,
              checks: [http("/health", "30s", "5s", "10s")],
            },
          ],
        },
      },
    ],
  },
  {
    name: "hotdash-production",
    machines: [
      {
        name: "production-app",
        count: 2,
        config: {
          image: image("hotdash-production"),
          env: {
            HOST: "0.0.0.0",
            PORT: "3000",
            NODE_ENV: "production",
            DATABASE_POOL_SIZE: "10",
            DATABASE_TIMEOUT: "30000",
            PRIMARY_REGION: "ord",
          },
          guest: shared(2, 2_048),
          metadata: metadata("app"),
          restart: { policy: "on-failure", max_retries: 10 },
          stop_config: { signal: "SIGTERM", timeout: "10s" },
          services: [
            {
              protocol: "tcp",
              internal_port: 3_000,
              autostop: true,
              autostart: true,
              min_machines_running: 2,
              ports,
              concurrency: { type: "connections", soft_limit: 800, hard_limit: 1_000 },
              checks: [
                http("/health", "15s", "5s", "10s"),
                http("/api/monitoring/health", "30s", "10s", "15s"),
              ],
            },
          ],
        },
      },
    ],
  },
];

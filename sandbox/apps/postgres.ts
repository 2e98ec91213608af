import type { Socket } from "node:net";
import { Hono } from "hono";
import { prometheusContentType, prometheusText, type Metric } from "./prometheus";
import type { Product } from "./product";

const connections = { used: 12, reserved: 3, max: 300 } as const;
const bytesPerDatabase = { hotdash: 84_213_760, postgres: 7_861_432 } as const;
/** Committed transactions, a second. */
const commitRate = 9;

/** One line of Fly's check suite: mark, name, finding, time taken. */
const check = (name: string, finding: string, took: string): string => `[✓] ${name}: ${finding} (${took})`;

const sslRequest = 80_877_103;

/**
 * As much of Postgres' protocol as a TCP check and `pg_isready` need: TLS is declined, a start-up is refused with a
 * proper error. There is no database behind it.
 */
const refuseLogin = (socket: Socket): void => {
  socket.on("data", (packet: Buffer) => {
    if (packet.length >= 8 && packet.readInt32BE(4) === sslRequest) {
      socket.write("N");
      return;
    }
    const fields = "SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0";
    const header = Buffer.alloc(5);
    header.write("E");
    header.writeInt32BE(4 + Buffer.byteLength(fields), 1);
    socket.end(Buffer.concat([header, Buffer.from(fields)]));
  });
};

const metricsSince = (startedAt: number): Metric[] => {
  const databases = Object.entries(bytesPerDatabase);
  const commits = Math.floor(((Date.now() - startedAt) / 1_000) * commitRate);
  return [
    {
      name: "pg_up",
      type: "gauge",
      help: "Whether the last scrape could reach the server.",
      samples: [{ value: 1 }],
    },
    {
      name: "pg_stat_activity_count",
      type: "gauge",
      help: "Connections in this state.",
      samples: [
        { labels: { datname: "hotdash", state: "active" }, value: 2 },
        { labels: { datname: "hotdash", state: "idle" }, value: connections.used - 2 },
      ],
    },
    {
      name: "pg_settings_max_connections",
      type: "gauge",
      help: "The most connections the server takes.",
      samples: [{ value: connections.max }],
    },
    {
      name: "pg_stat_database_xact_commit",
      type: "counter",
      help: "Committed transactions.",
      samples: databases.map(([datname]) => ({
        labels: { datname },
        value: datname === "hotdash" ? commits : 0,
      })),
    },
    {
      name: "pg_stat_database_deadlocks",
      type: "counter",
      help: "Deadlocks detected.",
      samples: databases.map(([datname]) => ({ labels: { datname }, value: 0 })),
    },
    {
      name: "pg_database_size_bytes",
      type: "gauge",
      help: "Size of the database on disk.",
      samples: databases.map(([datname, value]) => ({ labels: { datname }, value })),
    },
    {
      name: "pg_replication_lag",
      type: "gauge",
      help: "Seconds behind the primary.",
      samples: [{ value: 0 }],
    },
  ];
};

/** Fly Postgres: the server's port, the check suite (on Fly port 5500) and the exporter (on Fly port 9187). */
export const postgres: Product = {
  faults: [],
  checkPaths: ["/flycheck/pg", "/flycheck/role", "/flycheck/vm"],
  listeners: ({ startedAt }) => {
    const checks = new Hono();
    checks
      .get("/flycheck/pg", (c) => {
        const { used, reserved, max } = connections;
        return c.text(
          check("connections", `${used} used, ${reserved} reserved, ${max} max`, "4.12ms") +
            check("disk-capacity", "9.4% - readonly mode will be enabled at 90.0%", "13.08µs"),
        );
      })
      .get("/flycheck/role", (c) => c.text("primary"))
      .get("/flycheck/vm", (c) =>
        c.text(
          check("checkDisk", "8.93 GB (90.6%) free space on /data/", "21.4µs") +
            check("checkLoad", "load averages: 0.03 0.05 0.02", "60.1µs") +
            ["memory", "cpu", "io"]
              .map((name) => check(name, `system spent 0s of the last 60s waiting on ${name}`, "19.8µs"))
              .join(""),
        ),
      );
    const exporter = new Hono();
    exporter.get("/metrics", (c) =>
      c.body(prometheusText(metricsSince(startedAt)), 200, { "Content-Type": prometheusContentType }),
    );
    return [
      { port: "postgres", kind: "tcp", onConnection: refuseLogin },
      { port: "checks", kind: "http", routes: checks },
      { port: "metrics", kind: "http", routes: exporter },
    ];
  },
};

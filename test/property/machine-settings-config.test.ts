import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CheckSettings, GroupSettings, ServiceSettings } from "../../infra/model/machine-settings";
import { durationOf } from "../../infra/model/units";
import {
  managedDeclaration,
  managedView,
  viewOf,
  withSettings,
} from "../../infra/provider/fly/group-settings";
import { machineSettingsSchema, plainInputs } from "../../infra/provider/fly/inputs";
import { present } from "../../infra/provider/fly/plain";
import { runs } from "../support/runs";

// Any declaration on any machine: what is not ours stays, what is ours comes back as declared, twice is as once.

type Config = { readonly [key: string]: unknown };

const ownTop = ["checks", "services", "guest", "restart", "metrics"];
const ports = [80, 3000, 8080, 9090] as const;

const duration = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).map((seconds) => durationOf(seconds * 1_000));
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const path = fc.constantFrom("/", "/health", "/up?full=1", "/ü");

const check = (isTopLevel: boolean): fc.Arbitrary<CheckSettings> =>
  fc
    .record({
      type: fc.constantFrom("http" as const, "tcp" as const),
      port: isTopLevel ? fc.constantFrom(...ports) : optional(fc.constantFrom(...ports)),
      interval: duration(2, 60),
      timeout: duration(1, 60),
      grace_period: optional(duration(1, 60)),
      method: optional(fc.constantFrom("GET", "HEAD", "post")),
      path: optional(path),
      protocol: optional(fc.constantFrom("http" as const, "https" as const)),
      tls_skip_verify: optional(fc.boolean()),
      tls_server_name: optional(fc.constantFrom("a.example", "")),
      headers: optional(
        fc.dictionary(
          fc.constantFrom("x-monitoring", "X-Forwarded-Proto", "Host"),
          fc.constantFrom("https", "a b"),
        ),
      ),
    })
    .map((value) => present(value));

const service: fc.Arbitrary<ServiceSettings> = fc.record({
  internal_port: fc.constantFrom(...ports),
  protocol: fc.constantFrom("tcp" as const, "udp" as const),
  autostop: optional(fc.constantFrom("off" as const, "stop" as const, "suspend" as const)),
  autostart: optional(fc.boolean()),
  min_machines_running: optional(fc.integer({ min: 0, max: 3 })),
  concurrency: optional(
    fc.record({
      type: fc.constantFrom("connections" as const, "requests" as const),
      soft_limit: fc.integer({ min: 1, max: 50 }),
      hard_limit: optional(fc.integer({ min: 1, max: 90 })),
    }),
  ),
  checks: optional(fc.array(check(false), { maxLength: 3 })),
});

const group: fc.Arbitrary<GroupSettings> = fc.record({
  checks: optional(
    fc.dictionary(fc.constantFrom("pg", "role", "vm", "__proto__", "a b"), check(true), { maxKeys: 3 }),
  ),
  services: optional(
    fc.uniqueArray(service, {
      maxLength: 3,
      selector: ({ internal_port, protocol }) => `${internal_port}/${protocol}`,
    }),
  ),
  guest: optional(
    fc.record({
      cpu_kind: fc.constantFrom("shared" as const, "performance" as const),
      cpus: fc.constantFrom(1, 2, 4),
      memory_mb: fc.constantFrom(256, 512, 2048),
    }),
  ),
  restart: optional(
    fc.record({
      policy: fc.constantFrom("no" as const, "on-failure" as const, "always" as const),
      max_retries: optional(fc.integer({ min: 0, max: 10 })),
    }),
  ),
  metrics: optional(
    fc.record({
      port: fc.constantFrom(...ports),
      path: fc.constant("/metrics"),
      https: optional(fc.boolean()),
    }),
  ),
});

// What Fly gives back, in each of its spellings, among fields that nobody here knows.
const foreign = fc.dictionary(
  fc.constantFrom("alpha", "beta", "gpu_kind", "ports", "future"),
  fc.jsonValue(),
  { maxKeys: 3 },
);
const flyDuration = fc.constantFrom(
  "15s",
  "1m0s",
  "15s0ms",
  "1.5s",
  15_000_000_000,
  2_000_000,
  "1h0m0s",
  "0s",
  null,
);
const flyCheck = fc
  .tuple(
    foreign,
    fc.record(
      {
        type: fc.constantFrom("http", "tcp", "HTTP"),
        port: fc.constantFrom<number | null>(...ports, null),
        interval: flyDuration,
        timeout: flyDuration,
        grace_period: flyDuration,
        method: fc.constantFrom("get", "GET", ""),
        path: path,
        protocol: fc.constantFrom("http", "https", ""),
        headers: fc.constantFrom<unknown>(
          null,
          [],
          [{ name: "x-monitoring", values: ["https"] }],
          [{ name: "Host", value: "a b" }],
          { "X-Forwarded-Proto": "https" },
          { host: ["a", "b"] },
        ),
        kind: fc.constantFrom("informational", "readiness"),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([others, known]): Config => ({ ...others, ...known }));
const flyService = fc
  .tuple(
    foreign,
    fc.record(
      {
        protocol: fc.constantFrom("tcp", "udp"),
        internal_port: fc.constantFrom(...ports),
        autostop: fc.constantFrom<unknown>(true, false, "off", "stop", "suspend", null),
        autostart: fc.constantFrom<unknown>(true, false, null),
        min_machines_running: fc.constantFrom<unknown>(0, 1, 5, null),
        concurrency: fc.oneof(
          fc.constant(null),
          fc
            .tuple(
              foreign,
              fc.record(
                {
                  type: fc.constantFrom("requests", "connections"),
                  soft_limit: fc.nat(50),
                  hard_limit: fc.nat(50),
                },
                { requiredKeys: [] },
              ),
            )
            .map(([others, known]) => ({ ...others, ...known })),
        ),
        checks: fc.oneof(fc.constant(null), fc.array(flyCheck, { maxLength: 3 })),
      },
      { requiredKeys: ["internal_port"] },
    ),
  )
  .map(([others, known]): Config => ({ ...others, ...known }));
const mixed = (known: fc.Arbitrary<Config>): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constant(null),
    fc.tuple(foreign, known).map(([others, own]) => ({ ...others, ...own })),
  );
const flyConfig = fc
  .tuple(
    fc.dictionary(
      fc.string({ maxLength: 6 }).filter((key) => !ownTop.includes(key)),
      fc.jsonValue(),
      { maxKeys: 4 },
    ),
    fc.record(
      {
        checks: fc.oneof(
          fc.constant(null),
          fc.dictionary(fc.constantFrom("pg", "vm", "mine"), flyCheck, { maxKeys: 3 }),
        ),
        services: fc.oneof(fc.constant(null), fc.array(flyService, { maxLength: 4 })),
        guest: mixed(
          fc.record(
            { cpu_kind: fc.constantFrom("shared", "performance"), cpus: fc.nat(4), memory_mb: fc.nat(4096) },
            { requiredKeys: [] },
          ),
        ),
        restart: mixed(
          fc.record(
            { policy: fc.constantFrom("no", "always", "on-failure", ""), max_retries: fc.nat(10) },
            { requiredKeys: [] },
          ),
        ),
        metrics: mixed(
          fc.record(
            { port: fc.constantFrom(...ports), path: fc.constant("/m"), https: fc.boolean() },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([others, known]): Config => ({ ...others, ...known }));

const without = (value: unknown, keys: readonly string[]): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
    : {};

const ownOfService = ["autostop", "autostart", "min_machines_running", "concurrency", "checks"];
const list = (value: unknown): readonly Config[] => (Array.isArray(value) ? (value as Config[]) : []);

/** Everything of a config that is not ours, written down anew. */
const foreignPart = (config: Config): unknown => ({
  others: without(config, ownTop),
  services: list(config["services"]).map((value) => ({
    service: without(value, ownOfService),
    concurrency: without(value["concurrency"], ["type", "soft_limit", "hard_limit"]),
  })),
  guest: without(config["guest"], ["cpu_kind", "cpus", "memory_mb"]),
  restart: without(config["restart"], ["policy", "max_retries"]),
  metrics: without(config["metrics"], ["port", "path", "https"]),
});

const plain = (declared: GroupSettings): GroupSettings =>
  plainInputs({ app: "shop", waitTimeout: "1m", processGroups: { app: declared } }).processGroups["app"] ??
  {};

/** The same with only those services that the machine has: others come by a deploy, and are refused before. */
const fitting = (declared: GroupSettings, config: Config): GroupSettings =>
  present({
    ...declared,
    services: declared.services?.filter((wanted) =>
      list(config["services"]).some(
        (found) =>
          found["internal_port"] === wanted.internal_port && (found["protocol"] ?? "tcp") === wanted.protocol,
      ),
    ),
  });

describe("settings on a machine's config", () => {
  it("keep every foreign field, come back as declared, and change nothing the second time", () => {
    fc.assert(
      fc.property(group, flyConfig, (declaration, config) => {
        const declared = fitting(plain(declaration), config);
        const before = structuredClone(config);
        const after = withSettings(config, declared);
        expect(config).toEqual(before);
        expect(foreignPart(after)).toEqual(foreignPart(config));
        expect(managedView(after, declared)).toEqual(managedDeclaration(declared));
        expect(withSettings(after, declared)).toBe(after);
        expect(managedView(JSON.parse(JSON.stringify(after)) as Config, declared)).toEqual(
          managedDeclaration(declared),
        );
      }),
      runs,
    );
  });

  it("that a machine shows are no change to it", () => {
    fc.assert(
      fc.property(flyConfig, (config) => {
        const services = (viewOf(config).services ?? []).filter(
          (found, index, all) =>
            all.filter(
              (other) => other.internal_port === found.internal_port && other.protocol === found.protocol,
            ).length === 1 && index >= 0,
        );
        expect(withSettings(config, plain({ ...viewOf(config), services }))).toBe(config);
      }),
      runs,
    );
  });

  it("have one form: putting them into it twice is as once, and what the schema takes it still takes", () => {
    fc.assert(
      fc.property(group, (declaration) => {
        const inputs = plainInputs({ app: "shop", waitTimeout: "1m", processGroups: { app: declaration } });
        expect(plainInputs(inputs)).toEqual(inputs);
        expect(machineSettingsSchema.safeParse(inputs).error).toBeUndefined();
      }),
      runs,
    );
  });
});

import fc from "fast-check";
import type { AppDeclaration } from "../../infra/model/app";
import { appSchema, withThresholds } from "../../infra/model/app";
import type { ResolvedApp } from "../../infra/model/app";
import { limits } from "../../infra/model/limits";
import type { Size } from "../../infra/model/units";

/**
 * Sound apps of every shape that a declaration allows: several groups, either kind of service, all kinds of checks.
 * Sound means that Fly does what is declared; what lint would rightly name is left out (a timeout above its interval,
 * auto-stop without auto-start, two services on one public port).
 */
type Groups = AppDeclaration["processGroups"];
type Group = Groups[string];
type Service = NonNullable<Group["services"]>[number];
type Check = NonNullable<Service["checks"]>[number];

const seconds = (min: number, max: number) => fc.integer({ min, max }).map((count) => `${count}s` as const);

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
const path = fc.stringMatching(/^\/[a-z0-9/._?=&%-]{0,20}$/);
const port = fc.integer({ min: 1, max: 65_535 });

const timing = fc
  .tuple(fc.integer({ min: 5, max: 10 }), fc.integer({ min: 0, max: 50 }))
  .chain(([timeout, more]) =>
    fc.record({
      timeout: fc.constantFrom(`${timeout}s` as const, `${timeout * 1000}ms` as const),
      interval: fc.constantFrom(`${timeout + more}s` as const, `${(timeout + more) * 1000}ms` as const),
      gracePeriod: fc.oneof(seconds(1, 60), fc.constant("1m" as const), fc.constant("1.5s" as const)),
    }),
  );

const headers = fc
  .dictionary(
    fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/),
    fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom("https", 'with "quotes"', "ünïcode", "back\\slash"),
    ),
    { maxKeys: 3, noNullPrototype: true },
  )
  // To HTTP names differ by more than their case.
  .map((all) => {
    const names = Object.keys(all).map((each) => each.toLowerCase());
    return Object.fromEntries(
      Object.entries(all).filter((_, index) => names.indexOf(names[index] ?? "") === index),
    );
  });

const httpFacts = fc.record(
  {
    type: fc.constant("http" as const),
    path,
    method: fc.constantFrom("GET" as const, "HEAD" as const, "POST" as const),
    protocol: fc.constantFrom("http" as const, "https" as const),
    tlsSkipVerify: fc.boolean(),
    tlsServerName: fc.constantFrom("internal.example", "shop.example"),
    headers,
  },
  { requiredKeys: ["type", "path"] },
);

const tcpFacts = fc.constant({ type: "tcp" as const });
const check = (facts: fc.Arbitrary<object>): fc.Arbitrary<Check> =>
  fc.tuple(timing, facts).map(([times, rest]) => ({ name: "", ...times, ...rest }) as Check);

const vm = fc.constantFrom("shared" as const, "performance" as const).chain((cpuKind) =>
  fc.tuple(fc.constantFrom(...limits.cpus[cpuKind]), fc.nat({ max: 30 })).map(([cpus, steps]) => {
    const { min, max, step } = limits.memoryPerCpu[cpuKind];
    const memory = Math.min(max * cpus, min * cpus + steps * step);
    const size: Size = memory % 1024 === 0 ? `${memory / 1024}gb` : `${memory}mb`;
    return { cpuKind, cpus, memory: size };
  }),
);
const smallVm = fc.constantFrom<Group["vm"]>(
  { cpuKind: "shared", cpus: 1, memory: "256mb" },
  { cpuKind: "shared", cpus: 1, memory: "2gb" },
);

const service = (withHttp: boolean): fc.Arbitrary<Service> => {
  const http = fc.record(
    {
      kind: fc.constant("http" as const),
      internalPort: port,
      forceHttps: fc.boolean(),
      checks: fc.array(check(httpFacts), { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ["kind", "internalPort", "checks"] },
  );
  const ports = fc.record({
    kind: fc.constant("tcp" as const),
    internalPort: port,
    ports: fc.array(
      fc.record(
        {
          port,
          handlers: fc.subarray(["http", "tls", "pg_tls", "proxy_proto"] as const),
          forceHttps: fc.boolean(),
        },
        { requiredKeys: ["port"] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    checks: fc.array(fc.oneof(check(httpFacts), check(tcpFacts)), { minLength: 1, maxLength: 2 }),
  });
  return withHttp ? http : ports;
};

const command = fc.constantFrom(
  "bin/rails server",
  "bundle exec sidekiq -C config/sidekiq.yml",
  "sh -c \"echo 'hi'\"",
  "node server.js",
);

type Served = "http" | "tcp" | "both" | "several" | "none";

const group = (served: Served, groupName: string, several: boolean) =>
  fc
    .record(
      {
        role: fc.constant("service" as const),
        command,
        vm,
        services:
          served === "none"
            ? fc.constant([] as Service[])
            : fc.tuple(
                ...(served === "http" || served === "both" ? [service(true)] : []),
                ...(served === "http" ? [] : [service(false)]),
                ...(served === "several" ? [service(false)] : []),
              ),
        checks: fc.array(
          fc
            .tuple(fc.oneof(check(httpFacts), check(tcpFacts)), port)
            .map(([each, at]) => ({ ...each, port: at })),
          { maxLength: 2 },
        ),
        restart: fc.record(
          {
            policy: fc.constantFrom("always" as const, "never" as const, "on-failure" as const),
            retries: fc.nat({ max: 20 }),
          },
          { requiredKeys: ["policy"] },
        ),
        metrics: fc.record(
          { port, path: fc.constant("/metrics"), https: fc.boolean() },
          { requiredKeys: ["port", "path"] },
        ),
        autoStop: fc.constantFrom("off" as const, "stop" as const, "suspend" as const),
        autoStart: fc.boolean(),
        minimum: fc.nat({ max: 3 }),
        concurrency: fc.tuple(
          fc.constantFrom("connections" as const, "requests" as const),
          fc.integer({ min: 1, max: 500 }),
          fc.nat({ max: 500 }),
        ),
        small: smallVm,
      },
      {
        requiredKeys: [
          "role",
          "services",
          "checks",
          "autoStop",
          "autoStart",
          "minimum",
          "small",
          ...(several || groupName !== "app" ? (["command"] as const) : []),
        ],
      },
    )
    .map(({ autoStop, autoStart, minimum, concurrency, small, ...rest }): Group => {
      const served = rest.services.length > 0;
      return {
        ...rest,
        // A machine that is suspended must be small.
        ...(autoStop === "suspend" && rest.vm !== undefined ? { vm: small } : {}),
        ...(served
          ? {
              autoStop: {
                autoStopMachines: autoStop,
                autoStartMachines: autoStop === "off" ? autoStart : true,
              },
              autoscaling: {
                minMachinesRunning: minimum,
                maxMachines: minimum + 1,
                ...(concurrency === undefined
                  ? {}
                  : {
                      concurrency: {
                        type: concurrency[0],
                        softLimit: concurrency[1],
                        hardLimit: concurrency[1] + concurrency[2],
                      },
                    }),
              },
            }
          : {}),
      };
    });

/** Names, and ports that no two services share; top-level checks ask a port that is served. */
const settled = (groups: Groups): Groups => {
  let publicPort = 2000;
  let internalPort = 3000;
  let checks = 0;
  return Object.fromEntries(
    Object.entries(groups).map(([groupName, declared]): [string, Group] => {
      const services = (declared.services ?? []).map((each): Service => {
        const named = (each.checks ?? []).map((one) => ({ ...one, name: `check-${(checks += 1)}` }));
        internalPort += 1;
        return each.kind === "http"
          ? { ...each, internalPort, checks: named }
          : {
              ...each,
              internalPort,
              checks: named,
              ports: each.ports.map((one) => ({ ...one, port: (publicPort += 1) })),
            };
      });
      const served = services[0]?.internalPort;
      return [
        groupName,
        {
          ...declared,
          services,
          checks: (declared.checks ?? []).map((one) => ({
            ...one,
            name: `check ${(checks += 1)}`,
            port: served ?? one.port,
          })),
        },
      ];
    }),
  );
};

const groups: fc.Arbitrary<Groups> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom("app", "web", "worker", "cron-2", "api_v1"), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.array(fc.constantFrom<Served>("http", "http", "tcp", "tcp", "both", "several", "none", "none"), {
      minLength: 3,
      maxLength: 3,
    }),
  )
  .chain(([names, kinds]) => {
    let hasHttp = false;
    const served = kinds.map((kind) => {
      if (kind !== "http" && kind !== "both") return kind;
      const result = hasHttp ? "tcp" : kind;
      hasHttp = true;
      return result;
    });
    // Without any service an app has nothing that lint could ask checks for.
    return fc.record(
      Object.fromEntries(
        names.map((each, index) => [each, group(served[index] ?? "none", each, names.length > 1)]),
      ),
    );
  })
  .map(settled);

const deploy: fc.Arbitrary<NonNullable<AppDeclaration["deploy"]>> = fc.oneof(
  fc.record(
    {
      strategy: fc.constant("rolling" as const),
      waitTimeout: fc.constantFrom("5m" as const, "90s" as const, "1h" as const, "1d" as const),
      maxUnavailable: fc.constantFrom(0.25, 0.5, 1, 2),
    },
    { requiredKeys: [] },
  ),
  fc.record({ strategy: fc.constantFrom("immediate" as const, "canary" as const) }),
);

export const arbitraryDeclaration: fc.Arbitrary<AppDeclaration> = fc
  .record(
    { name, region: fc.stringMatching(/^[a-z]{3}$/), processGroups: groups, deploy },
    { requiredKeys: ["name", "region", "processGroups"] },
  )
  .map((app) => ({
    description: "an app",
    priority: "high",
    alertLevel: "critical",
    owner: "reliability",
    workload: "serving",
    ...app,
  }));

/** The app as a stack sees it. */
export const resolved = (declaration: AppDeclaration): ResolvedApp => ({
  ...withThresholds(appSchema.parse(declaration)),
  declaredIn: "infra/fleet/any.ts",
  overridden: [],
});

export const arbitraryApp: fc.Arbitrary<ResolvedApp> = arbitraryDeclaration.map(resolved);

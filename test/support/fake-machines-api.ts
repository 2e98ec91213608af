import type { FlyRequest, FlyResponse, Transport } from "../../infra/provider/fly/transport";
import { fakeEstate, type FakeEstate } from "./fake-apps-api";
import type { VirtualClock } from "./virtual-clock";

// A small Machines API in memory, on a virtual clock: fast enough for hundreds of runs with faults.

export type Config = { [key: string]: unknown };

export interface FakeMachine {
  readonly id: string;
  name: string;
  region: string;
  state: "created" | "started" | "stopped" | "suspended" | "destroyed";
  version: number;
  config: Config;
  cordoned: boolean;
  host: "ok" | "unreachable";
  lease: { nonce: string; expiresAt: number } | undefined;
  /** Until then it is being replaced, in ms. */
  startsAt: number;
  /** From then on its checks have been run, in ms. */
  checkedAt: number;
  exits: { exitCode: number; isAskedFor: boolean }[];
}

/** Ways in which a call can go wrong; those that act have done what was asked. */
export const faultKinds = [
  "408",
  "409",
  "412",
  "429",
  "429-without-time",
  "500",
  "502-html",
  "503",
  "500-acting",
  "timeout",
  "timeout-acting",
  "reset",
  "reset-acting",
  "refused",
  "truncated-acting",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FakeCall {
  readonly action: string;
  readonly machine: string | undefined;
  readonly headers: FlyRequest["headers"];
  readonly body: unknown;
  status: number;
}

export interface FakeFly {
  readonly app: string;
  readonly machines: FakeMachine[];
  readonly estate: FakeEstate;
  /** Rules that not every client keeps, nor every Fly. */
  readonly rules: {
    /** At most one machine may be out of service. */
    oneAtATime: boolean;
    /** A machine at rest may not be started. */
    restStays: boolean;
    /** Fly refuses a second machine of one name. */
    uniqueNames: boolean;
  };
  readonly calls: FakeCall[];
  /** What went against the rules, in words. */
  readonly violations: string[];
  readonly transport: Transport;
  /** Asked before each call; undefined for none. */
  fault: (call: FakeCall) => FaultKind | undefined;
  /** Settings under which a machine's checks fail, and what they say then. */
  failing: (config: Config) => string | undefined;
  /** Settings under which a machine's program ends at once. */
  crashing: (config: Config) => boolean;
  readonly add: (machine?: Partial<FakeMachine>) => FakeMachine;
  readonly isServing: (machine: FakeMachine) => boolean;
  /** Told of each update that takes effect. */
  onUpdate: (machine: FakeMachine, before: Config, after: Config) => void;
}

const bootMs = 1_500;
const checkMs = 2_000;

/** Durations and auto-stop as Fly spells them back. */
const spelt = (config: Config): Config => {
  const duration = (value: unknown): unknown => (value === "1m" ? "1m0s" : value);
  const check = (value: unknown): unknown => {
    const { interval, timeout, ...rest } = value as Config;
    return { ...rest, interval: duration(interval), timeout: duration(timeout) };
  };
  const { services, checks } = config as { services?: Config[]; checks?: Config };
  return {
    ...config,
    ...(services && {
      services: services.map((service) => ({
        ...service,
        ...(service["autostop"] === "stop" && { autostop: true }),
        ...(service["autostop"] === "off" && { autostop: false }),
        ...(Array.isArray(service["checks"]) && { checks: service["checks"].map(check) }),
      })),
    }),
    ...(checks && {
      checks: Object.fromEntries(Object.entries(checks).map(([name, value]) => [name, check(value)])),
    }),
  };
};

const checkNames = (config: Config): string[] => {
  const { services = [], checks = {} } = config as { services?: Config[]; checks?: Config };
  return [
    ...services.flatMap(({ internal_port: port, checks: own = [] }) =>
      (own as Config[]).map(({ type }, index) => `servicecheck-0${index}-${String(type)}-${String(port)}`),
    ),
    ...Object.keys(checks),
  ];
};

const refused = (status: number, error: string): { status: number; body: unknown } => ({
  status,
  body: { error },
});

/** What a request asks for: "update" of a machine, "volumes.extend". */
const namesOf = ({ method, path }: FlyRequest): { action: string; machine: string | undefined } => {
  const [, , , app, part, id, verb] = (path.split("?")[0] ?? "").split("/");
  const plain = { GET: "get", POST: "update", PUT: "update", DELETE: "delete" } as const;
  const many = method === "GET" ? "list" : "create";
  if (part === undefined)
    return { action: `apps.${app === undefined ? many : plain[method]}`, machine: undefined };
  const isRelease = verb === "lease" && method === "DELETE";
  const action = isRelease ? "release" : (verb ?? (id === undefined ? many : plain[method]));
  return { action: part === "machines" ? action : `${part}.${action}`, machine: id };
};

export const fakeFly = (clock: VirtualClock, app = "shop"): FakeFly => {
  const buckets = new Map<string, { tokens: number; at: number }>();
  let counter = 0;

  const isTooMany = (action: string, identifier: string): boolean => {
    const [burst, perSecond] = action === "get" ? [10, 5] : [3, 1];
    const key = `${action} ${identifier}`;
    const bucket = buckets.get(key) ?? { tokens: burst, at: clock.now() };
    const tokens = Math.min(burst, bucket.tokens + ((clock.now() - bucket.at) / 1_000) * perSecond);
    buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: clock.now() });
    return tokens < 1;
  };

  const volumesOf = (config: Config): readonly string[] =>
    ((config["mounts"] ?? []) as Config[]).map(({ volume }) => String(volume));
  const holderOf = (volume: string): string | undefined =>
    fake.machines.find(({ state, config }) => state !== "destroyed" && volumesOf(config).includes(volume))
      ?.id;

  const leaseOf = (machine: FakeMachine): FakeMachine["lease"] =>
    machine.lease !== undefined && machine.lease.expiresAt > clock.now() ? machine.lease : undefined;
  const isUp = (machine: FakeMachine): boolean =>
    machine.state === "started" && clock.now() >= machine.startsAt;

  const statusOf = (machine: FakeMachine): { status: string; output: string } => {
    if (!isUp(machine) || clock.now() < machine.checkedAt) return { status: "warning", output: "waiting" };
    const output = fake.failing(machine.config);
    return output === undefined ? { status: "passing", output: "200 OK" } : { status: "critical", output };
  };

  const view = (machine: FakeMachine): Config => {
    if (machine.state === "started" && isUp(machine) && fake.crashing(machine.config)) {
      machine.state = "stopped";
      machine.exits.unshift({ exitCode: 1, isAskedFor: false });
    }
    const config = spelt(machine.config);
    return {
      id: machine.id,
      name: machine.name,
      region: machine.region,
      instance_id: `v${machine.version}`,
      private_ip: `fdaa::${machine.id}`,
      state: machine.state === "started" && !isUp(machine) ? "replacing" : machine.state,
      cordoned: machine.cordoned,
      host_status: machine.host,
      ...(machine.host === "ok"
        ? { config }
        : { config: null, incomplete_config: { metadata: config["metadata"] } }),
      checks: checkNames(machine.config).map((name) => ({ name, ...statusOf(machine) })),
      events: machine.exits.map(({ exitCode, isAskedFor }) => ({
        type: "exit",
        request: { exit_event: { exit_code: exitCode, requested_stop: isAskedFor } },
      })),
    };
  };

  const launch = (machine: FakeMachine): void => {
    machine.state = "started";
    machine.startsAt = clock.now() + bootMs;
    machine.checkedAt = machine.startsAt + checkMs;
  };

  /** Which rule a change of a machine goes against. */
  const judge = (changed: FakeMachine): void => {
    const down = fake.machines.filter(
      (machine) => machine.state === "started" && !machine.cordoned && !fake.isServing(machine),
    );
    if (down.length > 1 && fake.rules.oneAtATime)
      fake.violations.push(`out of service: ${down.map(({ id }) => id).join(", ")} after ${changed.id}`);
  };

  const answer = (
    call: FakeCall,
    { method, path, body = {} }: FlyRequest,
  ): { status: number; body: unknown } => {
    const [route = "", search] = path.replace(`/v1/apps/${app}/machines`, "").split("?");
    if (isTooMany(call.action, call.machine ?? app)) return refused(429, "rate limit exceeded");
    if (!path.startsWith(`/v1/apps/${app}/machines`)) {
      return fake.estate.answer({ method, path: path.replace("/v1/apps", ""), wish: body as Config });
    }
    if (!fake.estate.apps.has(app)) return refused(404, "app not found");
    const query = new URLSearchParams(search);
    const wish = body as Config;

    if (route === "" && method === "GET") {
      const filters = [...query].map(([key, value]) => [key.replace("metadata.", ""), value] as const);
      const found = fake.machines.filter(
        ({ state, config }) =>
          state !== "destroyed" &&
          filters.every(([key, value]) => (config["metadata"] as Config | undefined)?.[key] === value),
      );
      return { status: 200, body: found.map(view) };
    }
    if (route === "") {
      if (
        fake.rules.uniqueNames &&
        fake.machines.some(({ name, state }) => name === wish["name"] && state !== "destroyed")
      )
        return refused(409, "already_exists: unique machine name violation");
      const held = volumesOf(wish["config"] as Config).find((volume) => holderOf(volume) !== undefined);
      if (held !== undefined) return refused(412, `volume ${held} is attached`);
      const machine = fake.add({
        name: String(wish["name"]),
        region: String(wish["region"]),
        config: wish["config"] as Config,
        state: "stopped",
      });
      if (wish["skip_launch"] !== true) launch(machine);
      return { status: 200, body: view(machine) };
    }

    const machine = fake.machines.find(({ id, state }) => id === call.machine && state !== "destroyed");
    if (machine === undefined) return refused(404, "machine not found");
    const [, , verb] = route.split("/");
    if (verb === undefined && method === "GET") return { status: 200, body: view(machine) };
    if (verb === "wait") {
      const isThere = query.get("state") === "stopped" ? machine.state === "stopped" : isUp(machine);
      return isThere
        ? { status: 200, body: { ok: true } }
        : refused(408, "machine failed to reach desired state");
    }

    const lease = leaseOf(machine);
    const nonce = call.headers["fly-machine-lease-nonce"];
    if (verb === "lease" && method === "DELETE") {
      if (lease === undefined) return refused(404, "lease not found");
      if (lease.nonce !== nonce) return refused(409, "lease held");
      machine.lease = undefined;
      return { status: 200, body: { ok: true } };
    }
    if (lease !== undefined && lease.nonce !== nonce)
      return refused(409, "lease currently held by flymon@fly.io");
    if (lease === undefined && nonce !== undefined) return refused(409, "no lease with this nonce");
    if (verb === "lease") {
      counter += 1;
      const expiresAt = clock.now() + Number(wish["ttl"]) * 1_000;
      machine.lease = { nonce: nonce ?? `n${counter}`, expiresAt };
      return { status: 201, body: { status: "success", data: { nonce: machine.lease.nonce } } };
    }
    if (lease === undefined) fake.violations.push(`${call.action} of ${machine.id} without a lease`);
    if (machine.host !== "ok") return refused(503, "host not reachable");
    if (verb === "cordon") machine.cordoned = true;
    else if (verb === "start") {
      if (machine.state === "started") return refused(412, "machine still attempting to start");
      launch(machine);
    } else if (verb === "stop") {
      machine.state = "stopped";
      machine.exits.unshift({ exitCode: 0, isAskedFor: true });
      judge(machine);
    } else if (method === "DELETE") {
      machine.state = "destroyed";
    } else {
      if (wish["current_version"] !== `v${machine.version}`)
        return refused(412, "failed_precondition: version");
      const before = machine.config;
      machine.config = wish["config"] as Config;
      machine.version += 1;
      fake.onUpdate(machine, before, machine.config);
      if (wish["skip_launch"] === true) {
        if (machine.state === "started") fake.violations.push(`${machine.id} was stopped by an update`);
        machine.state = "stopped";
      } else {
        if (
          fake.rules.restStays &&
          machine.state !== "started" &&
          !machine.exits.some(({ isAskedFor }) => !isAskedFor)
        )
          fake.violations.push(`${machine.id} was started by an update`);
        launch(machine);
      }
      judge(machine);
    }
    return { status: 200, body: view(machine) };
  };

  const response = (status: number, text: string, headers: Record<string, string> = {}): FlyResponse => ({
    status,
    text,
    headers: { get: (name) => ({ "fly-request-id": "01REQ-ord", ...headers })[name] ?? null },
  });
  const broken = (code: string): Error =>
    Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error(code), { code }) });
  const never = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        reject(signal.reason as Error);
      });
    });

  const fake: FakeFly = {
    app,
    machines: [],
    estate: fakeEstate({
      app,
      holderOf,
      count: () => fake.machines.filter(({ state }) => state !== "destroyed").length,
    }),
    rules: { oneAtATime: true, restStays: true, uniqueNames: true },
    calls: [],
    violations: [],
    fault: () => undefined,
    failing: () => undefined,
    crashing: () => false,
    onUpdate: () => undefined,
    isServing: (machine) =>
      isUp(machine) && (checkNames(machine.config).length === 0 || statusOf(machine).status === "passing"),
    add: (changes = {}) => {
      const number = fake.machines.length + 1;
      const machine: FakeMachine = {
        id: `m${number}`,
        name: `quiet-${number}`,
        region: "ord",
        state: "started",
        version: 1,
        config: {},
        cordoned: false,
        host: "ok",
        lease: undefined,
        startsAt: 0,
        checkedAt: 0,
        exits: [],
        ...changes,
      };
      fake.machines.push(machine);
      return machine;
    },
    transport: async (_base, request) => {
      const { action, machine } = namesOf(request);
      const call: FakeCall = {
        action,
        machine,
        headers: request.headers,
        // As over a wire: what is sent and what is kept are not the same object.
        body: structuredClone(request.body),
        status: 0,
      };
      fake.calls.push(call);
      await clock.sleep(20 + clock.random() * 60, request.signal);
      const act = (): { status: number; body: unknown } => answer(call, { ...request, body: call.body });
      const kind = fake.fault(call);
      switch (kind) {
        case undefined: {
          const { status, body } = act();
          call.status = status;
          return response(status, JSON.stringify(body), status === 429 ? { "retry-after": "1" } : {});
        }
        case "429":
          return response(429, '{"error":"rate limit exceeded"}', { "retry-after": "2" });
        case "429-without-time":
          return response(429, "");
        case "502-html":
          return response(502, "<html><body>Bad gateway</body></html>");
        case "500-acting":
          act();
          return response(500, '{"error":"internal"}');
        case "truncated-acting":
          return response(200, JSON.stringify(act().body).slice(0, 20));
        case "timeout":
          return never(request.signal);
        case "timeout-acting":
          act();
          return never(request.signal);
        case "reset":
          throw broken("ECONNRESET");
        case "reset-acting":
          act();
          throw broken("ECONNRESET");
        case "refused":
          throw broken("ECONNREFUSED");
        default:
          return response(Number(kind), `{"error":"fault ${kind}"}`);
      }
    },
  };
  return fake;
};

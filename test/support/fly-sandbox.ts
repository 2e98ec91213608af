import { setTimeout as pause } from "node:timers/promises";
import { Hono } from "hono";
import { startFly, type FlyService } from "../../sandbox/fly";
import { flyClient, type FlyClient } from "../../sandbox/fly/client";
import type { FlyOptions } from "../../sandbox/fly/options";

/** An answer of the Machines API; the body as it comes, for the test knows what it asked for. */
export interface Answer<Body = Readonly<Record<string, unknown>>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface CallOptions {
  readonly nonce?: string;
  readonly token?: string;
}

/** Calls the Machines API. */
export type Call = <Body = Readonly<Record<string, unknown>>>(
  method: string,
  path: string,
  body?: unknown,
  options?: CallOptions,
) => Promise<Answer<Body>>;

/** A machine as the tests read it. */
export interface MachineBody {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly region: string;
  readonly instance_id: string;
  readonly private_ip: string;
  readonly cordoned: boolean;
  readonly host_status: string;
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly incomplete_config?: Readonly<Record<string, unknown>>;
  readonly checks?: readonly {
    readonly name: string;
    readonly status: string;
    readonly output: string;
    readonly updated_at: string;
  }[];
  readonly events: readonly {
    readonly type: string;
    readonly status: string;
    readonly source: string;
    readonly timestamp: number;
    readonly request?: {
      readonly exit_event: {
        readonly exit_code?: number;
        readonly oom_killed?: boolean;
        readonly requested_stop?: boolean;
        readonly restarting?: boolean;
        readonly exited_at: string;
      };
      readonly restart_count?: number;
    };
  }[];
}

export const callerOf =
  (apiUrl: string, token: string): Call =>
  async <Body>(
    method: string,
    path: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<Answer<Body>> => {
    const response = await fetch(`${apiUrl}/v1${path}`, {
      method,
      signal: AbortSignal.timeout(15_000),
      headers: {
        authorization: `Bearer ${options.token ?? token}`,
        ...(options.nonce !== undefined && { "fly-machine-lease-nonce": options.nonce }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as Body,
    };
  };

export interface TestFly {
  readonly fly: FlyService;
  readonly call: Call;
  /** What others do: the control server's part of Fly. */
  readonly others: FlyClient;
  /** Makes an app of one machine and answers it once it is started. */
  readonly machine: (app: string, config: object, name?: string) => Promise<MachineBody>;
  readonly get: (app: string, id: string) => Promise<MachineBody>;
  /** Deletes every app, so that a test, or another try of it, begins with none. */
  readonly clear: () => Promise<void>;
  /** Waits until the machine satisfies the predicate. */
  readonly until: (
    app: string,
    id: string,
    holds: (machine: MachineBody) => boolean,
    timeoutMs?: number,
  ) => Promise<MachineBody>;
}

export const echo = (config: object = {}): object => ({ image: "registry.fly.io/flymon/echo:1", ...config });

/** A service on 80 and 443 of a program on port 3000. */
export const web = (service: object = {}): object => ({
  protocol: "tcp",
  internal_port: 3_000,
  ports: [
    { port: 80, handlers: ["http"] },
    { port: 443, handlers: ["tls", "http"] },
  ],
  ...service,
});

export const healthCheck = {
  type: "http",
  method: "GET",
  path: "/health",
  interval: "15s",
  timeout: "2s",
  grace_period: "5s",
};

/** Fly in the test's own process, with no rate limits and quick, unless the test says otherwise. */
export const startTestFly = async (options: FlyOptions = {}): Promise<TestFly> => {
  const fly = await startFly({ limits: Infinity, factor: 50, hold: 3_000, ...options });
  const call = callerOf(fly.announcement.apiUrl, fly.announcement.token);
  const control = new Hono().route("/fly", fly.control);
  const others = flyClient(async <Body>(method: string, path: string, body?: object) => {
    const response = await control.request(path, { method, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    return (isJson ? JSON.parse(text) : text) as Body;
  });

  const get = async (app: string, id: string): Promise<MachineBody> =>
    (await call<MachineBody>("GET", `/apps/${app}/machines/${id}`)).body;
  return {
    fly,
    call,
    others,
    get,
    clear: async () => {
      for (const app of [...fly.platform.estate.apps.keys()]) {
        const { status } = await call("DELETE", `/apps/${app}?force=true`);
        if (status >= 300) throw new Error(`DELETE ${app}: ${status}`);
      }
      await fly.platform.lifecycle.idle();
    },
    machine: async (app, config, name = "one") => {
      const made = await others.makeApp({ name: app, machines: [{ name, config }] });
      return get(app, made.machines[0]?.id ?? "");
    },
    until: async (app, id, holds, timeoutMs = 5_000) => {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const machine = await get(app, id);
        if (holds(machine)) return machine;
        if (Date.now() > deadline)
          throw new Error(
            `machine ${id} did not come to it: ${JSON.stringify({ ...machine, config: undefined })}`,
          );
        await pause(20);
      }
    },
  };
};

/** Whether a process lives. */
export const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

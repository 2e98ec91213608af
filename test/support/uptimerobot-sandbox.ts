import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../infra/provider/clock";
import type { HttpWorld } from "../../infra/provider/http/client";
import { undiciTransport } from "../../infra/provider/http/transport";
import type { Properties } from "../../infra/provider/properties";
import { startUptimeRobot } from "../../sandbox/uptimerobot";
import type { StackOptions } from "./engine";
import { serviceOptions } from "./service-options";
import type { References } from "./uptimerobot-cases";

type Thing = { readonly id: number } & { readonly [name: string]: unknown };

/** The sandbox's UptimeRobot in this process, with something in it for declarations to refer to. */
export interface TestUptimeRobot {
  readonly apiUrl: string;
  readonly token: string;
  readonly references: References;
  /** Under which a stack reaches it. */
  readonly stackOptions: (as?: string, url?: string) => StackOptions;
  readonly withoutCredentials: StackOptions;
  /** The provider's configuration. */
  readonly configuration: Properties;
  /** A new process' connection: it remembers nothing. */
  readonly world: () => HttpWorld;
  /** Requests of all worlds so far. */
  readonly requests: string[];
  readonly call: (method: string, path: string, body?: object) => Promise<{ status: number; body: unknown }>;
  readonly make: (path: string, body: object) => Promise<Thing>;
  /** Waits until its reads are no longer late. */
  readonly get: (path: string) => Promise<Thing | undefined>;
  readonly list: (path: string) => Promise<readonly Thing[]>;
  readonly stop: () => Promise<void>;
}

/** How much faster the provider's waiting passes here; the sandbox's late reads are late by 120 ms at most. */
const speed = 15;
/** How old a read of the sandbox may be, with a little more for a busy computer. */
export const latestReadMs = 250;

const fastClock = (): Clock => {
  const started = Date.now();
  return {
    now: () => started + (Date.now() - started) * speed,
    sleep: (ms, signal) => sleep(Math.ceil(ms / speed), undefined, { signal }),
    within: (ms) => AbortSignal.timeout(ms),
    random: Math.random,
  };
};

export const startTestUptimeRobot = async (plan: "free" | number = 200): Promise<TestUptimeRobot> => {
  const service = await startUptimeRobot({ ...serviceOptions, uptimerobotMonitors: plan });
  const { apiUrl, token } = service.announcement;
  const requests: string[] = [];

  const call: TestUptimeRobot["call"] = async (method, path, body) => {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
  };
  const make: TestUptimeRobot["make"] = async (path, body) => {
    const { status, body: answer } = await call("POST", path, body);
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer as Thing;
  };
  const idOf = async (path: string, body: object): Promise<string> => String((await make(path, body)).id);
  const monitor = (name: string): Promise<string> =>
    idOf("/monitors", { friendlyName: name, type: "HTTP", url: `http://127.0.0.1:9/${name}`, interval: 300 });
  const window = (name: string): Promise<string> =>
    idOf("/maintenance-windows", { name, interval: "daily", time: "03:00:00", duration: 30 });
  const references: References = {
    contacts: [
      await idOf("/alert-contacts", { type: "Email", value: "ben@hotdash.example" }),
      await idOf("/alert-contacts", { type: "Email", value: "cat@hotdash.example" }),
    ],
    monitors: [await monitor("reference-1"), await monitor("reference-2")],
    windows: [await window("reference 1"), await window("reference 2")],
    group: await idOf("/monitor-groups", { name: "reference" }),
  };
  await sleep(latestReadMs);

  return {
    apiUrl,
    token,
    references,
    stackOptions: (as = token, url = apiUrl) => ({
      secrets: { "flymon:uptimeRobotToken": as },
      config: { "flymon:uptimeRobotApiUrl": url },
    }),
    withoutCredentials: {
      config: { "flymon:uptimeRobotApiUrl": apiUrl },
      env: { UPTIMEROBOT_API_KEY: undefined },
    },
    configuration: { uptimeRobotToken: token, uptimeRobotApiUrl: apiUrl },
    world: () => ({
      clock: fastClock(),
      transport: (request) => {
        requests.push(`${request.method} ${request.url.slice(apiUrl.length)}`);
        return undiciTransport(request);
      },
    }),
    requests,
    call,
    make,
    get: async (path) => {
      await sleep(latestReadMs);
      const { status, body } = await call("GET", path);
      return status === 404 ? undefined : (body as Thing);
    },
    list: async (path) => {
      await sleep(latestReadMs);
      return ((await call("GET", `${path}?limit=200`)).body as { data: Thing[] }).data;
    },
    stop: () => service.stop(),
  };
};

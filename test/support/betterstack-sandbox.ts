import { systemClock } from "../../infra/provider/clock";
import type { HttpWorld } from "../../infra/provider/http/client";
import { undiciTransport } from "../../infra/provider/http/transport";
import type { Properties } from "../../infra/provider/properties";
import { startBetterStack } from "../../sandbox/betterstack";
import type { References } from "./betterstack-cases";
import type { StackOptions } from "./engine";
import { serviceOptions } from "./service-options";

interface Thing {
  readonly id: string;
  readonly attributes: { readonly [name: string]: unknown };
}

/** The sandbox's Better Stack in this process, with something in it for declarations to refer to. */
export interface TestBetterStack {
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
  readonly get: (path: string) => Promise<Thing | undefined>;
  readonly list: (path: string) => Promise<readonly Thing[]>;
  readonly stop: () => Promise<void>;
}

export const startTestBetterStack = async (): Promise<TestBetterStack> => {
  const service = await startBetterStack(serviceOptions);
  const { apiUrl, token } = service.announcement;
  const requests: string[] = [];

  const call: TestBetterStack["call"] = async (method, path, body) => {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
  };
  const make: TestBetterStack["make"] = async (path, body) => {
    const { status, body: answer } = await call("POST", path, body);
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(answer)}`);
    return (answer as { data: Thing }).data;
  };

  const idOf = async (path: string, body: object): Promise<string> => (await make(path, body)).id;
  const page = (subdomain: string) =>
    idOf("/api/v2/status-pages", {
      subdomain,
      company_name: "Reference",
      company_url: "https://reference.example",
      timezone: "UTC",
    });
  const monitor = (name: string) =>
    idOf("/api/v2/monitors", {
      pronounceable_name: name,
      monitor_type: "status",
      url: `https://${name}.example`,
      paused: true,
    });
  const pages = [await page("reference-1"), await page("reference-2")] as const;
  const section = (name: string) => idOf(`/api/v2/status-pages/${pages[0]}/sections`, { name });
  const policy = (name: string) => idOf("/api/v3/policies", { name, steps: [] });
  const references: References = {
    pages,
    policies: [await policy("reference 1"), await policy("reference 2")],
    monitors: [await monitor("reference-1"), await monitor("reference-2")],
    groups: [
      await idOf("/api/v2/monitor-groups", { name: "reference 1" }),
      await idOf("/api/v2/monitor-groups", { name: "reference 2" }),
    ],
    heartbeatGroup: await idOf("/api/v2/heartbeat-groups", { name: "reference" }),
    severity: await idOf("/api/v2/urgencies", { name: "reference" }),
    sections: [await section("reference 1"), await section("reference 2")],
  };

  return {
    apiUrl,
    token,
    references,
    stackOptions: (as = token, url = apiUrl) => ({
      secrets: { "flymon:betterStackToken": as },
      config: { "flymon:betterStackApiUrl": url },
    }),
    withoutCredentials: {
      config: { "flymon:betterStackApiUrl": apiUrl },
      env: { BETTERSTACK_API_TOKEN: undefined },
    },
    configuration: { betterStackToken: token, betterStackApiUrl: apiUrl },
    world: () => ({
      clock: systemClock,
      transport: (request) => {
        requests.push(`${request.method} ${request.url.slice(apiUrl.length)}`);
        return undiciTransport(request);
      },
    }),
    requests,
    call,
    make,
    get: async (path) => {
      const { status, body } = await call("GET", path);
      return status === 404 ? undefined : (body as { data: Thing }).data;
    },
    list: async (path) => ((await call("GET", `${path}?per_page=250`)).body as { data: Thing[] }).data,
    stop: () => service.stop(),
  };
};

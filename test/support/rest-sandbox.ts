import type { Clock } from "../../infra/provider/clock";
import type { HttpWorld } from "../../infra/provider/http/client";
import { undiciTransport } from "../../infra/provider/http/transport";
import type { Properties } from "../../infra/provider/properties";
import type { StackOptions } from "./engine";

/** A service of the sandbox in this process, as tests of the provider reach it. */
export interface RestSandbox<Thing> {
  readonly apiUrl: string;
  readonly token: string;
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
}

export interface RestAddress<Thing> {
  readonly apiUrl: string;
  readonly token: string;
  /** Settings of the provider's: "betterStack" of betterStackToken and betterStackApiUrl. */
  readonly setting: string;
  /** The environment's name of the token. */
  readonly variable: string;
  readonly clock: () => Clock;
  /** Waits until what was written is read. */
  readonly settle?: () => Promise<void>;
  /** The thing in an answer. */
  readonly thingIn: (body: unknown) => Thing;
  /** As many in one answer as it has. */
  readonly wholeList: string;
}

export const restSandbox = <Thing>(address: RestAddress<Thing>): RestSandbox<Thing> => {
  const { apiUrl, token, setting, variable, thingIn, wholeList, settle = () => Promise.resolve() } = address;
  const requests: string[] = [];
  const call: RestSandbox<Thing>["call"] = async (method, path, body) => {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
  };
  return {
    apiUrl,
    token,
    stackOptions: (as = token, url = apiUrl) => ({
      secrets: { [`flymon:${setting}Token`]: as },
      config: { [`flymon:${setting}ApiUrl`]: url },
    }),
    withoutCredentials: {
      config: { [`flymon:${setting}ApiUrl`]: apiUrl },
      env: { [variable]: undefined },
    },
    configuration: { [`${setting}Token`]: token, [`${setting}ApiUrl`]: apiUrl },
    world: () => ({
      clock: address.clock(),
      transport: (request) => {
        requests.push(`${request.method} ${request.url.slice(apiUrl.length)}`);
        return undiciTransport(request);
      },
    }),
    requests,
    call,
    make: async (path, body) => {
      const { status, body: answer } = await call("POST", path, body);
      if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(answer)}`);
      return thingIn(answer);
    },
    get: async (path) => {
      await settle();
      const { status, body } = await call("GET", path);
      return status === 404 ? undefined : thingIn(body);
    },
    list: async (path) => {
      await settle();
      return ((await call("GET", `${path}?${wholeList}`)).body as { data: Thing[] }).data;
    },
  };
};

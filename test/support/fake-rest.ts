import type { Clock } from "../../infra/provider/clock";
import type { HttpRequest, HttpResponse, Transport } from "../../infra/provider/http/transport";

// What the in-memory services have in common: how their answers look, and the ways in which a call can go wrong.

/** Faults that any service may have; "before" and "after" tell whether it had acted. */
export const restFaultKinds = [
  "reset before",
  "reset after",
  "429",
  "429 with Retry-After",
  "500 before",
  "500 after",
  "502 page before",
  "502 page after",
  "slow body",
  "truncated",
  "stale",
] as const;
export type RestFaultKind = (typeof restFaultKinds)[number];

export type Attributes = { readonly [name: string]: unknown };

/** An object at the service. */
export interface FakeThing<Id extends string | number = string | number> {
  readonly id: Id;
  readonly path: string;
  readonly attributes: Attributes;
}

export interface FakeCall {
  readonly method: HttpRequest["method"];
  /** From the API's base, without the query. */
  readonly path: string;
  readonly query: string;
  readonly body: Attributes;
  readonly at: number;
}

/** An in-memory service on a clock of its own, with its ways to fail. */
export interface FakeService<Id extends string | number = string | number, Kind extends string = string> {
  readonly transport: Transport;
  readonly calls: FakeCall[];
  /** Everything that is there. */
  readonly things: () => readonly FakeThing<Id>[];
  readonly add: (path: string, attributes: Attributes) => FakeThing<Id>;
  readonly patch: (id: Id, attributes: Attributes) => void;
  /** Which fault strikes a call. */
  fault: (call: FakeCall) => Kind | undefined;
  /** Answers in place of the usual one, whatever was asked. */
  answer: (call: FakeCall) => HttpResponse | undefined;
}

type Headers = { readonly [name: string]: string };

export const textAnswer = (status: number, text: string, headers: Headers = {}): HttpResponse => ({
  status,
  text,
  headers: { get: (name) => headers[name.toLowerCase()] ?? null },
});

export const jsonAnswer = (status: number, body: unknown, headers: Headers = {}): HttpResponse =>
  textAnswer(status, JSON.stringify(body), { "content-type": "application/json", ...headers });

const connectionReset = (): Error =>
  Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });

const badGateway = textAnswer(
  502,
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body></html>",
);

interface Behaviour<Kind extends string> {
  readonly clock: Clock;
  /** Of each way, ms. */
  readonly latencyMs: number;
  readonly calls: FakeCall[];
  /** What all paths begin with and calls are noted without. */
  readonly base: string;
  /** How the service puts an error into words. */
  readonly complaint: (words: string) => object;
  readonly faultOf: (call: FakeCall) => Kind | RestFaultKind | undefined;
  readonly insteadOf: (call: FakeCall) => HttpResponse | undefined;
  /** Carries out a call, and answers it. */
  readonly act: (call: FakeCall, url: URL, isStale: boolean) => HttpResponse;
  /** What comes in place of the answer under a fault that only this service has. */
  readonly ownFault?: (kind: Kind, call: FakeCall, answer: HttpResponse) => HttpResponse;
}

/** Takes calls with the latency of a network, and lets them go wrong. */
export const fakeTransport = <Kind extends string>(behaviour: Behaviour<Kind>): Transport => {
  const { clock, latencyMs, calls, base, complaint, faultOf, insteadOf, act, ownFault } = behaviour;
  const tooMany = complaint("Too many requests");
  const broken = jsonAnswer(500, complaint("Something went wrong"));

  return async ({ method, url: address, body, signal }) => {
    const url = new URL(address);
    const call: FakeCall = {
      method,
      path: url.pathname.slice(base.length),
      query: url.search,
      body: body === undefined ? {} : (JSON.parse(body) as Attributes),
      at: clock.now(),
    };
    calls.push(call);
    await clock.sleep(latencyMs, signal);
    const instead = insteadOf(call);
    if (instead !== undefined) return instead;
    const fault = faultOf(call);
    switch (fault) {
      case "reset before":
        throw connectionReset();
      case "429":
        return jsonAnswer(429, tooMany);
      case "429 with Retry-After":
        return jsonAnswer(429, tooMany, { "retry-after": "3" });
      case "500 before":
        return broken;
      case "502 page before":
        return badGateway;
    }
    const answer = act(call, url, fault === "stale");
    await clock.sleep(latencyMs, signal);
    switch (fault) {
      case undefined:
      case "stale":
        return answer;
      case "reset after":
        throw connectionReset();
      case "500 after":
        return broken;
      case "502 page after":
        return badGateway;
      case "truncated":
        return { ...answer, text: answer.text.slice(0, Math.floor(answer.text.length / 2)) };
      case "slow body":
        await clock.sleep(3_600_000, signal);
        return answer;
      default:
        return ownFault?.(fault, call, answer) ?? answer;
    }
  };
};

import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";

/** Headers that belong to one connection and are not passed on. */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "upgrade",
];

export interface Upstream {
  readonly host: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What came of sending a request to a machine. */
export type Outcome =
  | { readonly kind: "answered"; readonly status: number }
  /** The machine has not seen anything of the request, or it may be repeated: another may be tried. */
  | { readonly kind: "not-taken" }
  | { readonly kind: "broken" };

const repeatable = new Set(["GET", "HEAD", "OPTIONS"]);

const passedOn = (headers: IncomingMessage["headers"]): IncomingMessage["headers"] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)));

/** Sends a request to a machine and its answer back. Nothing was written to `response` unless the outcome says so. */
export const send = (
  request: IncomingMessage,
  response: ServerResponse,
  { host, port, headers }: Upstream,
): Promise<Outcome> =>
  new Promise((settle) => {
    let connected = false;
    const resolve = (outcome: Outcome): void => {
      response.off("close", giveUp);
      settle(outcome);
    };
    const giveUp = (): void => {
      if (!response.writableFinished) upstream.destroy(new Error("the client is gone"));
    };
    const upstream = httpRequest({
      host,
      port,
      method: request.method,
      path: request.url,
      headers: { ...passedOn(request.headers), ...headers },
      // A connection that is kept could be to a machine that is about to end.
      agent: false,
    });
    upstream.once("socket", (socket) => {
      socket.once("connect", () => {
        connected = true;
        request.pipe(upstream);
      });
    });
    upstream.once("response", (answer) => {
      const status = answer.statusCode ?? 502;
      response.writeHead(status, answer.statusMessage, { ...passedOn(answer.headers), via: "1.1 fly.io" });
      pipeline(answer, response, () => {
        resolve({ kind: "answered", status });
      });
    });
    upstream.once("error", () => {
      if (response.headersSent) return;
      const mayRepeat = !connected || (repeatable.has(request.method ?? "") && !response.destroyed);
      request.unpipe(upstream);
      resolve({ kind: mayRepeat ? "not-taken" : "broken" });
    });
    response.once("close", giveUp);
  });

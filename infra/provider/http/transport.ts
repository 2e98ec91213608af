/** One request to a service. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Complete, with its query. */
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  /** Already in text. */
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | null };
  /** The whole body. */
  readonly text: string;
}

/** Sends a request; throws an error with the system's or undici's `code` where no answer came. */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

const loopback = ["localhost", "127.0.0.1", "::1"];

// Loaded with the first call: most runs of the provider need no HTTP, and all of them should start fast.
const open = async () => {
  const { EnvHttpProxyAgent, request } = await import("undici");
  const { no_proxy: lower, NO_PROXY: upper } = process.env;
  const dispatcher = new EnvHttpProxyAgent({
    // More would only wait for the service's rate limit.
    connections: 8,
    connect: { timeout: 5_000 },
    maxResponseSize: 32 * 1024 * 1024,
    noProxy: [lower ?? upper ?? "", ...loopback].filter((host) => host !== "").join(","),
  });
  return { dispatcher, request };
};

let opened: ReturnType<typeof open> | undefined;

/** undici: connections are kept and bounded, answers too, and the usual proxy variables hold (not for loopback). */
export const undiciTransport: Transport = async ({ method, url, headers, body, signal }) => {
  opened ??= open();
  const { dispatcher, request } = await opened;
  const response = await request(url, { dispatcher, method, headers, signal, body: body ?? null });
  const text = await response.body.text();
  return {
    status: response.statusCode,
    headers: {
      get: (name) => {
        const value = response.headers[name.toLowerCase()];
        return (Array.isArray(value) ? value[0] : value) ?? null;
      },
    },
    text,
  };
};

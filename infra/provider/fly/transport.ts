/** One HTTP request to the Machines API. */
export interface FlyRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** From the API's base: "/v1/apps/shop/machines". */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

export interface FlyResponse {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | null };
  /** The whole body. */
  readonly text: string;
}

/** Sends a request; throws what fetch throws. */
export type Transport = (baseUrl: string, request: FlyRequest) => Promise<FlyResponse>;

export const httpTransport: Transport = async (baseUrl, { method, path, headers, body, signal }) => {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    signal,
    headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

/** The header that carries a token: macaroons have a scheme of their own. */
export const authorization = (token: string): string => {
  if (/^(FlyV1|Bearer) /.test(token)) return token;
  return /^fm\d[a-z]?_/.test(token) ? `FlyV1 ${token}` : `Bearer ${token}`;
};

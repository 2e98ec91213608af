/** An HTTP answer with its whole body. */
export interface BoundedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface BoundedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Of the body. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** GET with a bound for time and size, without redirects. Rejects where no whole answer comes. */
export const fetchBounded = async (
  url: string,
  { headers, timeoutMs, maxBytes, signal }: BoundedRequest,
): Promise<BoundedAnswer> => {
  const bound = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const response = await fetch(url, {
    headers: { "User-Agent": "flymon", ...headers },
    redirect: "manual",
    signal: bound,
  });
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    // Leaving the loop cancels the rest.
    if (bytes > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return { status: response.status, headers: response.headers, text: Buffer.concat(parts).toString("utf8") };
};

/** The body as JSON; undefined for anything else. */
export const jsonOf = (text: string): unknown => {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
};

/** In a few words why a request got no answer. Never what was sent. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "failed";
  if (error.name === "TimeoutError") return "no answer in time";
  const { cause } = error;
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return error.message;
};

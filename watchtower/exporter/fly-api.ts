import { fetchBounded, jsonOf, reasonOf } from "./fetch-bounded";
import type { Machine } from "./machine";
import { readMachines } from "./machine";

/** What a call of the Machines API came to. */
export type ListAnswer =
  | { readonly machines: readonly Machine[] }
  /** `retryAfterMs`: how long Fly asks to be left alone. */
  | { readonly trouble: string; readonly retryAfterMs?: number };

/** The header that carries a token: macaroons have a scheme of their own. Source: fly-go. */
const authorization = (token: string): string => {
  if (/^(FlyV1|Bearer) /.test(token)) return token;
  return /^fm\d[a-z]?_/.test(token) ? `FlyV1 ${token}` : `Bearer ${token}`;
};

/** Some thousand machines with twenty events each. */
const longestAnswer = 64_000_000;
const longestWaitMs = 5 * 60_000;

const retryAfterOf = (header: string | null): number | undefined => {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(longestWaitMs, Math.max(0, ms));
};

export interface FlyApi {
  readonly apiUrl: string;
  readonly token: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Lists an app's machines, once. Never rejects. */
export const listMachines = async (
  { apiUrl, token, timeoutMs, signal }: FlyApi,
  app: string,
): Promise<ListAnswer> => {
  try {
    const { status, headers, text } = await fetchBounded(
      `${apiUrl.replace(/\/$/, "")}/v1/apps/${encodeURIComponent(app)}/machines`,
      {
        headers: { Authorization: authorization(token), Accept: "application/json" },
        timeoutMs,
        maxBytes: longestAnswer,
        signal,
      },
    );
    if (status !== 200) {
      const retryAfterMs = retryAfterOf(headers.get("retry-after"));
      return { trouble: `status ${status}`, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
    const machines = readMachines(jsonOf(text));
    return machines === undefined ? { trouble: "not an answer of the Machines API" } : { machines };
  } catch (error) {
    return { trouble: reasonOf(error) };
  }
};

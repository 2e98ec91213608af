/**
 * The system's code of a request that failed below HTTP: ECONNREFUSED, ECONNRESET; ETIMEDOUT for one out of time, whatever
 * the client calls that; empty for an error that is none of the network's.
 */
export const networkCode = (error: unknown): string => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === "TimeoutError" || cause.name === "AbortError") return "ETIMEDOUT";
    if ("code" in cause && typeof cause.code === "string") return cause.code;
  }
  return "";
};

/** Codes of requests that reached nobody, so that nothing was done. */
export const notSentCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export const isCertificateError = (code: string): boolean => /CERT|SELF_SIGNED|SSL|TLS|EPROTO/.test(code);

/** The JSON of an answer: an empty table for an empty one, undefined for what is no JSON. */
export const jsonOf = (text: string): unknown => {
  if (text.trim() === "") return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
};

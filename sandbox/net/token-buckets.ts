/** A refusal for now: seconds until the next call is taken, as in Retry-After. */
export interface Throttled {
  readonly retryAfter: number;
}

/** Takes one call under `key`: `burst` at once, then `perSecond`. */
export type Take = (key: string, burst: number, perSecond: number) => Throttled | undefined;

/** Token buckets, one a key. */
export const tokenBuckets = (now: () => number = Date.now): Take => {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (key, burst, perSecond) => {
    const time = now();
    const bucket = buckets.get(key) ?? { tokens: burst, at: time };
    const tokens = Math.min(burst, bucket.tokens + ((time - bucket.at) / 1_000) * perSecond);
    const taken = tokens >= 1;
    buckets.set(key, { tokens: taken ? tokens - 1 : tokens, at: time });
    return taken ? undefined : { retryAfter: Math.max(1, Math.ceil((1 - tokens) / perSecond)) };
  };
};

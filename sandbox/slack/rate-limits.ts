import { callsPerMinute, posting, type Tier } from "./rules";

/** A refusal for now: seconds until the next call is taken, as in Retry-After. */
export interface Throttled {
  readonly retryAfter: number;
}

/** Counts calls. `scale` multiplies every limit; Infinity takes all. */
export interface RateLimits {
  /** Takes one call of a Web API method. */
  call(method: string, tier: Tier): Throttled | undefined;
  /** Takes one message to a channel or webhook. */
  post(place: string): Throttled | undefined;
}

/** Token buckets: `burst` at once, then `perSecond`. */
export const rateLimits = (scale: number, now: () => number = Date.now): RateLimits => {
  const buckets = new Map<string, { tokens: number; at: number }>();

  const take = (key: string, burst: number, perSecond: number): Throttled | undefined => {
    const time = now();
    const bucket = buckets.get(key) ?? { tokens: burst, at: time };
    const tokens = Math.min(burst, bucket.tokens + ((time - bucket.at) / 1_000) * perSecond);
    const taken = tokens >= 1;
    buckets.set(key, { tokens: taken ? tokens - 1 : tokens, at: time });
    return taken ? undefined : { retryAfter: Math.max(1, Math.ceil((1 - tokens) / perSecond)) };
  };

  if (!Number.isFinite(scale)) return { call: () => undefined, post: () => undefined };
  return {
    call: (method, tier) => {
      const perMinute = callsPerMinute[tier] * scale;
      return take(`call ${method}`, Math.max(1, perMinute), perMinute / 60);
    },
    post: (place) => take(`post ${place}`, Math.max(1, posting.burst * scale), posting.perSecond * scale),
  };
};

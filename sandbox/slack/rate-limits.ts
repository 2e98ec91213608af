import { tokenBuckets, type Throttled } from "../net/token-buckets";
import { callsPerMinute, posting, type Tier } from "./rules";

export type { Throttled } from "../net/token-buckets";

/** Counts calls. `scale` multiplies every limit; Infinity takes all. */
export interface RateLimits {
  /** Takes one call of a Web API method. */
  call(method: string, tier: Tier): Throttled | undefined;
  /** Takes one message to a channel or webhook. */
  post(place: string): Throttled | undefined;
}

/** Slack's limits as token buckets. */
export const rateLimits = (scale: number, now: () => number = Date.now): RateLimits => {
  const take = tokenBuckets(now);
  if (!Number.isFinite(scale)) return { call: () => undefined, post: () => undefined };
  return {
    call: (method, tier) => {
      const perMinute = callsPerMinute[tier] * scale;
      return take(`call ${method}`, Math.max(1, perMinute), perMinute / 60);
    },
    post: (place) => take(`post ${place}`, Math.max(1, posting.burst * scale), posting.perSecond * scale),
  };
};

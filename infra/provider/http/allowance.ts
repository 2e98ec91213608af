/** What a service says with its answers of the calls that are left. */
export interface Allowance {
  readonly remaining: number;
  /** When a new allowance begins, in ms since 1970. */
  readonly resetAt: number;
}

/** Keeps the calls of one token within what the service has said. */
export interface AllowanceKeeper {
  /** Takes one call from what is left. @returns how many ms to wait where nothing is: then it is asked again */
  readonly take: (now: number) => number;
  /** What an answer said; undefined where it said nothing. */
  readonly learn: (told: Allowance | undefined) => void;
}

/** Two tellings of one moment may differ by the rounding to seconds. */
const sameMs = 1_500;

export const createAllowance = (): AllowanceKeeper => {
  let left: Allowance | undefined;
  return {
    take: (now) => {
      if (left === undefined || now >= left.resetAt) {
        left = undefined;
        return 0;
      }
      if (left.remaining < 1) return left.resetAt - now;
      left = { ...left, remaining: left.remaining - 1 };
      return 0;
    },
    learn: (told) => {
      if (told === undefined) return;
      const isSame = left !== undefined && Math.abs(told.resetAt - left.resetAt) < sameMs;
      if (left !== undefined && !isSame && told.resetAt < left.resetAt) return; // an answer that came late
      // Calls that are on their way are not in what the service has counted, but in what is kept here.
      left = isSame && left !== undefined && left.remaining < told.remaining ? left : told;
    },
  };
};

/** X-RateLimit-Remaining, and X-RateLimit-Reset in seconds since 1970. */
export const rateLimitHeaders = (headers: {
  readonly get: (name: string) => string | null;
}): Allowance | undefined => {
  const [remaining, reset] = ["x-ratelimit-remaining", "x-ratelimit-reset"].map((name) => headers.get(name));
  if (!/^\d+$/.test(remaining ?? "") || !/^\d+(\.\d+)?$/.test(reset ?? "")) return undefined;
  return { remaining: Number(remaining), resetAt: Number(reset) * 1_000 };
};

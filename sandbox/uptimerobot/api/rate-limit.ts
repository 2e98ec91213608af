import type { Context } from "hono";
import { Refusal } from "../../monitoring/refusal";

const minute = 60_000;

/** Counts calls in windows of a minute; tells with each how many are left, and refuses those above the limit. */
export const rateLimit = (perMinute: number, now: () => number = Date.now): ((c: Context) => void) => {
  let window = { startedAt: -minute, taken: 0 };
  return (c) => {
    if (!Number.isFinite(perMinute)) return;
    if (now() - window.startedAt >= minute) window = { startedAt: now(), taken: 0 };
    window.taken += 1;
    const reset = window.startedAt + minute;
    const headers = {
      "X-RateLimit-Limit": String(perMinute),
      "X-RateLimit-Remaining": String(Math.max(0, perMinute - window.taken)),
      "X-RateLimit-Reset": String(Math.ceil(reset / 1_000)),
    };
    if (window.taken > perMinute)
      throw new Refusal(
        429,
        { message: "Too many requests", code: "000-029" },
        { ...headers, "Retry-After": String(Math.max(1, Math.ceil((reset - now()) / 1_000))) },
      );
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
  };
};

import { z } from "zod";
import { untilNoneIsLeft } from "./settled";

/** Gatus' answer to /api/v1/endpoints/statuses: the newest result is the last. */
const statusesSchema = z.array(
  z.object({
    group: z.string(),
    name: z.string(),
    results: z.array(z.object({ success: z.boolean() })).default([]),
  }),
);

const requestMs = 2_000;

/** What of `polled` is not seen healthy yet; empty when all is well. */
const unhealthy = async (gatus: string, polled: ReadonlySet<string>): Promise<readonly string[]> => {
  try {
    const response = await fetch(new URL("api/v1/endpoints/statuses", gatus), {
      signal: AbortSignal.timeout(requestMs),
    });
    const statuses = statusesSchema.parse(await response.json());
    const healthy = new Set(
      statuses
        .filter(({ results }) => results.at(-1)?.success === true)
        .map(({ group, name }) => `${group} ${name}`),
    );
    return [...polled].filter((endpoint) => !healthy.has(endpoint));
  } catch {
    return ["Gatus itself"];
  }
};

/** Waits until the Gatus at this address sees all of `polled` healthy; rejects when the time is up, with what is not. */
export const untilHealthy = (
  gatus: string,
  polled: ReadonlySet<string>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> => untilNoneIsLeft("healthy", () => unhealthy(gatus, polled), timeoutMs, signal);

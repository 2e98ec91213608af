import type { Context } from "hono";
import { streamSSE, type SSEStreamingApi } from "hono/streaming";

/** A comment now and then keeps the stream from being taken for dead, milliseconds. */
const keepAlive = 15_000;

/** What a page's stream brings. */
export interface Arrivals<Thing> {
  /** What came since the page was made. */
  readonly missed: () => readonly Thing[];
  /** Calls back at each arrival, until the answer is called. */
  readonly watch: (onArrival: (thing: Thing) => void) => () => void;
  readonly send: (stream: SSEStreamingApi, thing: Thing) => Promise<void>;
}

/** Server-Sent Events, one after the other so that they keep their order, until the reader goes away. */
export const streamArrivals = <Thing>(c: Context, { missed, watch, send }: Arrivals<Thing>): Response =>
  streamSSE(c, async (stream) => {
    let queue = Promise.resolve();
    const enqueue = (step: () => Promise<unknown>): void => {
      queue = queue.then(step).then(
        () => undefined,
        () => undefined,
      );
    };
    const bring = (thing: Thing): void => {
      enqueue(() => send(stream, thing));
    };
    const unwatch = watch(bring);
    missed().forEach(bring);
    enqueue(() => stream.write(": here\n\n"));
    const beat = setInterval(() => {
      enqueue(() => stream.write(": still here\n\n"));
    }, keepAlive);
    await new Promise<void>((resolve) => {
      stream.onAbort(resolve);
    });
    clearInterval(beat);
    unwatch();
  });

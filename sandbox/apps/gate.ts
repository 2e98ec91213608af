import type { MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { milliseconds, type Duration } from "../../infra/model/units";
import { hang } from "../faults/common";
import type { FaultBoard } from "../faults/fault-board";
import { coldStart, errors, failingCheck, slow, stuckConnection } from "./faults";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const never = new Promise<never>(() => undefined);

/** Spreads `share` evenly over the calls: with 0.25 every fourth answers true. */
export const evenly = (): ((share: number) => boolean) => {
  let owed = 0;
  return (share) => {
    owed += share;
    if (owed < 1 - 1e-9) return false;
    owed -= 1;
    return true;
  };
};

/** How long each request waits for a machine that stops when idle; requests during a start wait for that start. */
const startOnRequest = (faults: Pick<FaultBoard, "read">): (() => number) => {
  let lastRequest = 0;
  let started = 0;
  return () => {
    const now = Date.now();
    const fault = faults.read(coldStart);
    if (fault !== undefined) {
      const asleepSince = Math.max(lastRequest + milliseconds(fault.parameters.idle), started);
      const neverAskedSince = lastRequest < fault.since;
      if (neverAskedSince || now > asleepSince) started = now + milliseconds(fault.parameters.delay);
    }
    lastRequest = now;
    return fault === undefined ? 0 : Math.max(0, started - now);
  };
};

/** Where a client that never leaves is served. */
export const stuckPath = "/events";
/** A sign of life in a stream that never ends, milliseconds. */
const keepAlive = 1_000;

const endless = (): ReadableStream<Uint8Array> => {
  let beat: NodeJS.Timeout | undefined;
  return new ReadableStream({
    start: (controller) => {
      const say = (): void => {
        controller.enqueue(new TextEncoder().encode(": still here\n\n"));
      };
      say();
      beat = setInterval(say, keepAlive);
    },
    cancel: () => {
      clearInterval(beat);
    },
  });
};

const isFailingNow = (since: number, flapping: Duration | undefined): boolean =>
  flapping === undefined || Math.floor((Date.now() - since) / milliseconds(flapping)) % 2 === 0;

/**
 * What every app's requests pass first: hang, then wait (cold start, slowness), then fail, in that order. `checkPaths`
 * are those that health checks ask.
 */
export const gate = (faults: Pick<FaultBoard, "read">, checkPaths: readonly string[]): MiddlewareHandler => {
  const fails = evenly();
  const start = startOnRequest(faults);
  return async (c, next) => {
    if (faults.read(hang) !== undefined) await never;

    if (c.req.path === stuckPath && faults.read(stuckConnection) !== undefined)
      return c.body(endless(), 200, { "Content-Type": "text/event-stream" });

    /** Whether a fault that may spare health checks strikes this request. */
    const strikes = (active: { readonly parameters: { readonly checks: boolean } }): boolean =>
      active.parameters.checks || !checkPaths.includes(c.req.path);

    const slowing = faults.read(slow);
    const slowness = slowing !== undefined && strikes(slowing) ? slowing : undefined;
    const wait = start() + (slowness === undefined ? 0 : milliseconds(slowness.parameters.delay));
    if (wait > 0) await pause(wait);

    const failingCheckNow = faults.read(failingCheck);
    if (failingCheckNow !== undefined) {
      const { path, status, flapping } = failingCheckNow.parameters;
      const struck = path === undefined ? checkPaths.includes(c.req.path) : c.req.path === path;
      if (struck && isFailingNow(failingCheckNow.since, flapping))
        return c.text("unhealthy", status as ContentfulStatusCode);
    }

    const failing = faults.read(errors);
    if (failing !== undefined && strikes(failing) && fails(failing.parameters.share)) {
      const status = failing.parameters.status as ContentfulStatusCode;
      return c.text("Something went wrong", status);
    }
    return next();
  };
};

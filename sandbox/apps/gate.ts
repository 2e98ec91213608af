import type { MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { milliseconds } from "../../infra/model/units";
import { hang } from "../faults/common";
import type { FaultBoard } from "../faults/fault-board";
import { coldStart, errors, slow } from "./faults";

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

/** What every app's requests pass first: hang, then wait (cold start, slowness), then fail, in that order. */
export const gate = (faults: Pick<FaultBoard, "read">): MiddlewareHandler => {
  const fails = evenly();
  const start = startOnRequest(faults);
  return async (c, next) => {
    if (faults.read(hang) !== undefined) await never;

    const slowness = faults.read(slow);
    const wait = start() + (slowness === undefined ? 0 : milliseconds(slowness.parameters.delay));
    if (wait > 0) await pause(wait);

    const failing = faults.read(errors);
    if (failing !== undefined && fails(failing.parameters.share)) {
      const status = failing.parameters.status as ContentfulStatusCode;
      return c.text("Something went wrong", status);
    }
    return next();
  };
};

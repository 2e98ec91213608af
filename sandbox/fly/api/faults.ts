import {
  answersError,
  badGateway,
  lostAnswer,
  noAnswer,
  rateLimitedBy,
  resetBefore,
  slowBody,
  truncated,
} from "../../faults/call-fault";
import { down, hang } from "../../faults/common";
import { fault, noParameters } from "../../faults/fault";
import { chaosOf } from "../../faults/striker";

/** How far ahead somebody else's lease ends, milliseconds. */
const othersLease = 13_000;

const error = (message: string) => () => ({ error: message });

/** The faults that can strike a single call of the Machines API, with its words. */
export const callFaults = [
  answersError("request-timeout", 408, error("deadline_exceeded: request timed out")),
  answersError(
    "lease-held",
    409,
    (c) => ({
      error: `aborted: machine ID ${c.req.param("machine") ?? ""} lease currently held by somebody@tokens.fly.io, expires at ${new Date(Date.now() + othersLease).toISOString().slice(0, 19)}Z`,
    }),
    { calls: 1, action: "leases.take" },
  ),
  answersError(
    "precondition-failed",
    412,
    error("failed_precondition: machine is not in the expected version"),
    { calls: 1, action: "machines.update" },
  ),
  rateLimitedBy(error("rate limit exceeded")),
  answersError("server-error", 500, error("internal: something went wrong")),
  badGateway,
  answersError("unavailable", 503, error("unavailable: could not reach the machine's host")),
  noAnswer,
  resetBefore,
  lostAnswer,
  slowBody,
  truncated,
] as const;

/** Any of them, drawn anew at each call. */
export const chaos = chaosOf(callFaults);

/** The managed metrics answer 503; the Machines API is well. */
export const metricsGone = fault({
  name: "metrics-gone",
  summary: "the managed metrics answer 503",
  parameters: noParameters,
  example: {},
});

/** Every way in which the Machines API and the managed metrics can be broken. */
export const apiFaults = [down, hang, ...callFaults, chaos, metricsGone] as const;

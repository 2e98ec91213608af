import { z } from "zod";
import { down, hang } from "../../faults/common";
import { fault } from "../../faults/fault";
import { durationSchema } from "../../../infra/model/units";

/** Which calls a fault strikes; all where nothing is said. */
const which = {
  /** How many calls; all until switched off where not given. */
  calls: z.int().min(1).optional(),
  /** An action such as "machines.update"; "machines.*" for all of machines. */
  action: z.string().min(1).optional(),
  method: z.string().min(1).optional(),
  /** The path with `*` for anything, such as "/v1/apps/*". */
  path: z.string().min(1).optional(),
  /** The share of the calls above that is struck, drawn by chance. */
  probability: z.number().gt(0).max(1).default(1),
  /** The same seed draws the same. */
  seed: z.int().default(1),
};

/** What every fault of a call takes. */
export const calls = z.strictObject(which);

const simple = (name: string, summary: string, example: z.input<typeof calls> = {}) =>
  fault({ name, summary, parameters: calls, example });

export const requestTimeout = simple("request-timeout", "answers 408");
export const leaseHeld = simple("lease-held", "answers 409, held by somebody else", {
  calls: 1,
  action: "leases.take",
});
export const preconditionFailed = simple("precondition-failed", "answers 412", {
  calls: 1,
  action: "machines.update",
});
export const serverError = simple("server-error", "answers 500");
export const badGateway = simple("bad-gateway", "answers 502 with HTML");
export const unavailable = simple("unavailable", "answers 503");
export const noAnswer = simple("no-answer", "takes the call and never answers", { calls: 1 });
export const resetBefore = simple("reset-before", "cuts the connection, nothing done", { calls: 1 });
export const lostAnswer = simple("lost-answer", "acts, then cuts the connection", { calls: 1 });
export const truncated = simple("truncated", "acts, then answers half of the JSON", { calls: 1 });

/** HTTP 429, with or without (null) the seconds in Retry-After. */
export const rateLimited = fault({
  name: "rate-limited",
  summary: "answers 429",
  parameters: z.strictObject({ ...which, retryAfter: z.int().min(0).nullable().default(1) }),
  example: { calls: 3 },
});

/** Acts at once, and the answer's body trickles. */
export const slowBody = fault({
  name: "slow-body",
  summary: "acts, then answers slowly",
  parameters: z.strictObject({ ...which, delay: durationSchema.default("2s") }),
  example: { delay: "2s" },
});

/** The faults that can strike a single call. */
export const callFaults = [
  requestTimeout,
  leaseHeld,
  preconditionFailed,
  rateLimited,
  serverError,
  badGateway,
  unavailable,
  noAnswer,
  resetBefore,
  lostAnswer,
  slowBody,
  truncated,
] as const;

export type CallFault = (typeof callFaults)[number];

const kinds = callFaults.map(({ name }) => name);

/** Any of the faults, drawn anew at each call; the same seed gives the same run. */
export const chaos = fault({
  name: "chaos",
  summary: "any fault, at random",
  parameters: z.strictObject({ ...which, kinds: z.array(z.enum(kinds)).min(1).optional() }),
  example: { probability: 0.2 },
});

/** Every way in which the Machines API can be broken. */
export const apiFaults = [down, hang, ...callFaults, chaos] as const;

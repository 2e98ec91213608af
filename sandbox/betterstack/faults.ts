import { z } from "zod";
import {
  answersError,
  badGateway,
  lostAnswer,
  noAnswer,
  rateLimitedBy,
  resetBefore,
  slowBody,
  staleRead,
  truncated,
} from "../faults/call-fault";
import { down, hang } from "../faults/common";
import { fault } from "../faults/fault";
import { chaosOf } from "../faults/striker";

const errors = (words: string) => () => ({ errors: words });

/** The token is refused: unknown (401) or not allowed (403). */
export const tokenRefused = fault({
  name: "token-refused",
  summary: "the token is no longer valid",
  parameters: z.strictObject({ status: z.union([z.literal(401), z.literal(403)]).default(401) }),
  example: { status: 401 },
});

/** Notifications are recorded as failed and reach nobody. */
export const deliveriesFail = fault({
  name: "deliveries-fail",
  summary: "notifications reach nobody",
  parameters: z.strictObject({}),
  example: {},
});

/** The faults that can strike a single call. */
export const callFaults = [
  rateLimitedBy(errors("Too many requests")),
  answersError("server-error", 500, errors("Something went wrong")),
  badGateway,
  answersError("unavailable", 503, errors("Service unavailable")),
  noAnswer,
  resetBefore,
  lostAnswer,
  slowBody,
  truncated,
  staleRead,
] as const;

export const chaos = chaosOf(callFaults);

/** Every way in which Better Stack can be broken. */
export const betterStackFaults = [down, hang, tokenRefused, deliveriesFail, ...callFaults, chaos] as const;

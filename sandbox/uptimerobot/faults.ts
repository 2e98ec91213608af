import { z } from "zod";
import {
  answersError,
  badGateway,
  callFault,
  lostAnswer,
  noAnswer,
  rateLimitedBy,
  resetBefore,
  slowBody,
  staleRead,
  truncated,
  which,
} from "../faults/call-fault";
import { down, hang } from "../faults/common";
import { fault } from "../faults/fault";
import { chaosOf } from "../faults/striker";

const message = (words: string) => () => ({ message: words });

/** The key is refused: unknown (401) or not allowed (403). */
export const tokenRefused = fault({
  name: "token-refused",
  summary: "the key is no longer valid",
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

/** Makes what is asked for and answers that it is not there; other verbs go well. */
export const notFoundAfterCreate = callFault({
  name: "not-found-after-create",
  summary: "creates, then answers 404",
  parameters: z.strictObject({ ...which, method: z.literal("POST").default("POST") }),
  example: { calls: 1 },
  answer: async (c, act) => {
    const answer = await act();
    return c.req.method === "POST" && answer.status === 201
      ? c.json({ message: "Monitor not found", code: "000-004" }, 404)
      : answer;
  },
});

/** The faults that can strike a single call. */
export const callFaults = [
  rateLimitedBy(message("Too many requests")),
  answersError("server-error", 500, message("Internal server error")),
  badGateway,
  answersError("unavailable", 503, message("Service unavailable")),
  noAnswer,
  resetBefore,
  lostAnswer,
  notFoundAfterCreate,
  slowBody,
  truncated,
  staleRead,
] as const;

export const chaos = chaosOf(callFaults);

/** Every way in which UptimeRobot can be broken. */
export const uptimeRobotFaults = [down, hang, tokenRefused, deliveriesFail, ...callFaults, chaos] as const;

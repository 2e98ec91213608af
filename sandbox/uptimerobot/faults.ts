import { z } from "zod";
import { callFault, which } from "../faults/call-fault";
import { down, hang } from "../faults/common";
import { chaosOf } from "../faults/striker";
import { callFaultsOf, deliveriesFail, refusedBy } from "../monitoring/faults";

export const tokenRefused = refusedBy("key");

/** Makes what is asked for and answers that it is not there; other verbs go well. */
const notFoundAfterCreate = callFault({
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
export const callFaults = callFaultsOf((message) => ({ message }), "Internal server error", [
  notFoundAfterCreate,
]);

export const chaos = chaosOf(callFaults);

/** Every way in which UptimeRobot can be broken. */
export const uptimeRobotFaults = [down, hang, tokenRefused, deliveriesFail, ...callFaults, chaos] as const;

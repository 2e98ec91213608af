import { down, hang } from "../faults/common";
import { chaosOf } from "../faults/striker";
import { callFaultsOf, deliveriesFail, refusedBy } from "../monitoring/faults";

export const tokenRefused = refusedBy("token");

/** The faults that can strike a single call. */
export const callFaults = callFaultsOf((words) => ({ errors: words }), "Something went wrong");

export const chaos = chaosOf(callFaults);

/** Every way in which Better Stack can be broken. */
export const betterStackFaults = [down, hang, tokenRefused, deliveriesFail, ...callFaults, chaos] as const;

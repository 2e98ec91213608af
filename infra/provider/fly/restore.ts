import { messageOf } from "../errors";
import type { ReadableMachine } from "./api-machine";
import type { FlyClient } from "./client";
import type { Lease } from "./lease";
import { troubleOf } from "./machines";
import { prove } from "./proof";
import { submit, type Submission } from "./submit";

export interface Restoring {
  /** The machine as it was before the update under which it does not serve. */
  readonly before: ReadableMachine;
  /** What it gets back, as messages call it. */
  readonly what: "config" | "settings";
  readonly submission: Submission;
  /** How long it may take to serve again, milliseconds. */
  readonly waitMs: number;
}

/** Gives a machine back what it was told before. Never rejects. @returns what became of it, for the message */
export const restore = async (
  fly: FlyClient,
  lease: Lease,
  { before, what, submission, waitMs }: Restoring,
): Promise<string> => {
  try {
    const restored = await submit(fly, lease, submission);
    if (restored === undefined) return "Something else has changed it meanwhile, so that it is left as it is";
    // One that did not serve before need not serve now.
    const served = troubleOf(before) === undefined;
    const still = served ? (await prove(fly, lease, restored, waitMs)).trouble : undefined;
    const back = `It has its former ${what} again`;
    return still === undefined ? back : `${back}, and still ${still}`;
  } catch (error) {
    return `Giving it back its former ${what} failed, so that it keeps the new ${what} (${messageOf(error)})`;
  }
};

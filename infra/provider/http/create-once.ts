import type { Clock } from "../clock";
import { isAnswerLost } from "./failures";

export interface Creation<Thing> {
  /** Sends the create once; throws what came. */
  readonly create: () => Promise<Thing>;
  /** Everything that has the natural key, as the service tells it now; there was nothing before the create. */
  readonly findByKey: () => Promise<readonly Thing[]>;
  /** Thrown where more than one has the key, so that none can be taken for the one that was made. */
  readonly ambiguous: (found: readonly Thing[]) => Error;
  /** Whether the service may have made it in spite of this error; a lost answer where not told. */
  readonly mayBeMade?: (error: unknown) => boolean;
  /** How long the service may take to show what it has made, in ms. */
  readonly settlesWithin: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How often a create is sent at most; each time only after the one before has surely made nothing. */
const mostCreates = 3;
const firstLookMs = 500;

/**
 * Creates exactly one thing although answers get lost. No create is ever repeated blindly: after a lost answer the
 * service is asked, for as long as it may take to show a new thing, whether it is there.
 */
export const createOnce = async <Thing>(creation: Creation<Thing>): Promise<Thing> => {
  const { create, mayBeMade = isAnswerLost } = creation;
  for (let creates = 1; ; creates++) {
    try {
      return await create();
    } catch (error) {
      creation.signal.throwIfAborted();
      if (!mayBeMade(error)) throw error;
      const made = await settledByKey(creation);
      if (made !== undefined) return made;
      if (creates === mostCreates) throw error;
    }
  }
};

/** What the lost create has made; undefined when surely nothing. */
const settledByKey = async <Thing>(creation: Creation<Thing>): Promise<Thing | undefined> => {
  const { clock, signal, findByKey, ambiguous, settlesWithin } = creation;
  const deadline = clock.now() + settlesWithin;
  for (let pause = firstLookMs; ; pause *= 2) {
    const isLastLook = clock.now() >= deadline;
    const found = await findByKey();
    const [only] = found;
    if (found.length > 1) throw ambiguous(found);
    if (only !== undefined || isLastLook) return only;
    await clock.sleep(Math.min(pause, Math.max(1, deadline - clock.now())), signal);
  }
};

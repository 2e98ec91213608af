import type { Connection } from "./connection";
import { isAnswerLost, statusOf } from "./failures";

const attempts = 5;

/**
 * Makes something once: a call whose answer was lost, or that was refused because something is in the way (409), is
 * looked up before it is sent again.
 * @param lookUp what that call has made; undefined where it has made nothing
 */
export const makeOnce = async <Made>(
  { clock, signal }: Pick<Connection, "clock" | "signal">,
  make: () => Promise<Made>,
  lookUp: () => Promise<Made | undefined>,
): Promise<Made> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await make();
    } catch (error) {
      if (!isAnswerLost(error) && statusOf(error) !== 409) throw error;
      await clock.sleep(clock.random() * 500 * 2 ** attempt, signal);
      const made = await lookUp();
      if (made !== undefined) return made;
      if (attempt >= attempts) throw error;
    }
  }
};

/** How long something that was removed may take to be gone. */
const patienceMs = 30_000;
const pauseMs = 1_000;

/** Removes something and waits until it is gone, at most half a minute; what is in its way may go meanwhile. */
export const removeUntilGone = async (
  { clock, signal }: Pick<Connection, "clock" | "signal">,
  remove: () => Promise<void>,
  isGone: () => Promise<boolean>,
): Promise<void> => {
  const deadline = clock.now() + patienceMs;
  for (;;) {
    try {
      await remove();
      break;
    } catch (error) {
      if (![409, 412, 422].includes(statusOf(error) ?? 0) || clock.now() + pauseMs > deadline) throw error;
      await clock.sleep(pauseMs, signal);
    }
  }
  while (!(await isGone()) && clock.now() < deadline) await clock.sleep(pauseMs, signal);
};

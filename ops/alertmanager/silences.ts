import { setTimeout as pause } from "node:timers/promises";
import type { Alertmanager, Patience, Silence, SilenceMatcher, WantedSilence } from "./client";
import { patience, Unanswered, waitBefore } from "./client";

/** What is to be silent, for whom and why. */
export interface Wish {
  readonly matchers: readonly SilenceMatcher[];
  readonly createdBy: string;
  readonly comment: string;
  readonly endsAt: Date;
}

/** The silence that grants a wish. */
export interface Granted {
  readonly silence: Silence;
  /** It was there already. */
  readonly isAdopted: boolean;
}

const keyOf = (matchers: readonly SilenceMatcher[]): string =>
  matchers
    .map(({ name, value, isRegex, isEqual }) => JSON.stringify([name, value, isRegex, isEqual]))
    .sort()
    .join();

/** Somebody else's silence, or one for another reason, is not ours to prolong or to end. */
const grants = (silence: Silence, wish: Wish): boolean =>
  silence.status.state === "active" &&
  silence.createdBy === wish.createdBy &&
  silence.comment === wish.comment &&
  keyOf(silence.matchers) === keyOf(wish.matchers);

const changed = ({ id, matchers, startsAt, createdBy, comment }: Silence, endsAt: Date): WantedSilence => ({
  ...{ id, matchers, startsAt, createdBy, comment },
  endsAt: endsAt.toISOString(),
});

/**
 * Makes a silence, or adopts the equal one that there is, prolonged where it ends too early: whoever runs twice, or
 * again after a lost answer, has one silence.
 */
export const silenced = async (
  alertmanager: Alertmanager,
  wish: Wish,
  how: Patience = patience,
): Promise<Granted> => {
  let isFirst = true;
  for (let attempt = 0; ; attempt += 1) {
    const found = (await alertmanager.silences())
      .filter((silence) => grants(silence, wish))
      .toSorted((a, b) => Date.parse(b.endsAt) - Date.parse(a.endsAt))[0];
    // To the second: Alertmanager may round what it tells.
    if (found && Date.parse(found.endsAt) >= wish.endsAt.getTime() - 1_000) {
      return { silence: found, isAdopted: isFirst };
    }
    try {
      const id = await alertmanager.put(
        found
          ? changed(found, wish.endsAt)
          : {
              matchers: [...wish.matchers],
              startsAt: new Date().toISOString(),
              endsAt: wish.endsAt.toISOString(),
              createdBy: wish.createdBy,
              comment: wish.comment,
            },
      );
      const silence = await alertmanager.silence(id);
      if (silence) return { silence, isAdopted: isFirst && found !== undefined };
    } catch (error) {
      if (!(error instanceof Unanswered) || attempt + 1 >= how.attempts) throw error;
    }
    isFirst = false;
    await pause(waitBefore(attempt, how));
  }
};

/** Moves the end of a silence. Gives the silence that holds then. */
export const endingAt = async (
  alertmanager: Alertmanager,
  silence: Silence,
  endsAt: Date,
): Promise<Silence> => {
  const id = await alertmanager.put(changed(silence, endsAt));
  return { ...silence, id, endsAt: endsAt.toISOString() };
};

/** Ends a silence now; one that is over already stays so. False where there never was one. */
export const ended = async (alertmanager: Alertmanager, id: string): Promise<boolean> => {
  const silence = await alertmanager.silence(id);
  if (silence === undefined) return false;
  if (silence.status.state !== "expired") await alertmanager.end(id);
  return true;
};

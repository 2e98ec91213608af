/** Sends a request to the control server and reads the answer. */
export type Ask = <Answer>(method: string, path: string, body?: object) => Promise<Answer>;

/** Looks until there is what satisfies the predicate; rejects when the time is up, saying what came instead. */
export type WaitFor = <Thing>(
  what: string,
  look: () => Promise<readonly Thing[]>,
  predicate: (thing: Thing) => boolean,
  timeoutMs: number,
  shown: (thing: Thing) => string,
) => Promise<Thing>;

/** A query of what is given. */
export const queryOf = (values: object): string =>
  new URLSearchParams(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();

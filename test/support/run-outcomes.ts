import { expect } from "vitest";
import { operationsOn, pathsOf, type DeclaredResource } from "./declared-program";
import type { Run } from "./engine";
import type { Outcome, Outcomes } from "./suite-rows";

/** The run, which must have gone well. */
export const ok = (run: Run, what: string): Run => {
  expect(run.exitCode, `${what}:\n${run.output}`).toBe(0);
  expect(run.output, what).not.toMatch(/^\s+at .*:\d+/m);
  return run;
};

/** What a run has told; Pulumi's own SDK tells secrets to whoever asks for its debug messages. */
export const toldBy = ({ output, events }: Run): string =>
  output + JSON.stringify(events.filter(({ diagnosticEvent }) => diagnosticEvent?.severity !== "debug"));

export const expectNoSecrets = (secrets: readonly string[], places: readonly string[]): void => {
  for (const known of secrets) {
    expect(known.length, "a secret that is not found by chance").toBeGreaterThan(7);
    for (const spelled of [
      known,
      JSON.stringify(known).slice(1, -1),
      Buffer.from(known).toString("base64"),
    ]) {
      const found = places.find((text) => text.includes(spelled));
      const at = found?.indexOf(spelled) ?? 0;
      expect(found?.slice(Math.max(0, at - 200), at), "what stands before a secret").toBeUndefined();
    }
  }
};

/** The operation on a resource, all steps of a replacement being one. */
export const operationOn = (run: Run, name: string): string => {
  const operations = operationsOn(run, name);
  const isReplaced = operations.length > 0 && operations.every((operation) => operation.includes("replace"));
  return isReplaced ? "replace" : operations.join(", ");
};

const isPath = (shown: string): boolean => /[.[]/.test(shown);
const propertyOf = (path: string): string => path.replace(/[.[].*/, "");

const untouched: Outcome = { operation: "same", shows: [] };

/** Compares what a run did with what it had to do, which with those that are not named is nothing. */
export const expectOutcomes = (
  what: string,
  run: Run,
  resources: readonly DeclaredResource[],
  wanted: Outcomes,
): void => {
  const compared = resources.map(({ name }) => {
    const { operation, shows } = wanted.get(name) ?? untouched;
    const isExact = shows.some(isPath);
    const found = new Set(pathsOf(run, name).map((path) => (isExact ? path : propertyOf(path))));
    return {
      name,
      actual: { operation: operationOn(run, name), shows: [...found].sort() },
      expected: { operation, shows: [...shows].sort() },
    };
  });
  expect(Object.fromEntries(compared.map(({ name, actual }) => [name, actual])), what).toEqual(
    Object.fromEntries(compared.map(({ name, expected }) => [name, expected])),
  );
};

import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";

/** `toEqual` that costs little where it holds, which in a property is ten thousand times. */
export const expectSame = (actual: unknown, wanted: unknown): void => {
  if (!isDeepStrictEqual(actual, wanted)) expect(actual).toEqual(wanted);
};

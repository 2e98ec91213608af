import type { Properties, Value } from "../../infra/provider/properties";
import type { PropertyChange, SuiteRow } from "./resource-suite";

/** What the tables of one resource over its life have in common. */
export interface LifeCase {
  readonly type: string;
  readonly inputs: Properties;
  readonly changes: readonly (readonly [property: string, value: Value])[];
  readonly replacing?: readonly string[];
  readonly untold?: readonly string[];
}

export interface CaseRowOptions {
  readonly name: string;
  /** Ends what must be unlike in each resource, together with the number of the row. */
  readonly tag: string;
  /** Properties of which no two things may have the same. */
  readonly unlike: readonly string[];
  /** Changes of one row at most. */
  readonly most: number;
}

/** A row and whether its changes lead to where the case ends. */
export type CaseRow = Pick<SuiteRow, "name" | "type" | "inputs" | "changes" | "secrets"> & {
  readonly isLast: boolean;
  /** Whether the service tells all that is declared at first. */
  readonly isTold: boolean;
};

/** A property that is a text. */
export const textIn = (inputs: Properties, property: string): string => {
  const value = inputs[property];
  if (typeof value !== "string") throw new Error(`${property} is no text`);
  return value;
};

/** By this the tables mark what is secret. */
const secretsIn = (value: unknown): readonly string[] => [
  ...new Set(JSON.stringify(value).match(/\w+-secret-\d+/g)),
];

/**
 * The rows that share a case's changes among them: each begins as the one before it has ended, so that together they
 * take as many runs as one of them.
 */
export const caseRows = (life: LifeCase, { name, tag, unlike, most }: CaseRowOptions): readonly CaseRow[] => {
  const { type, inputs, changes, replacing = [], untold = [] } = life;
  const count = Math.ceil(changes.length / most);
  const size = Math.ceil(changes.length / count);
  const secrets = secretsIn(life);
  return Array.from({ length: count }, (_, index): CaseRow => {
    const marked = ([property, value]: readonly [string, Value]): [string, Value] => [
      property,
      unlike.includes(property) && typeof value === "string" ? `${value}-${tag}${String(index)}` : value,
    ];
    const before = changes.slice(0, index * size);
    const first = [...Object.entries(inputs), ...before].map(marked);
    const own = changes.slice(index * size, (index + 1) * size).map(marked);
    const atFirst = Object.fromEntries(
      Object.entries(Object.fromEntries(first)).filter(([, value]) => value !== undefined),
    );
    return {
      name: count === 1 ? name : `${name} ${String(index + 1)}`,
      type,
      inputs: atFirst,
      changes: own.map(([property, value]): PropertyChange => ({
        property,
        value,
        replaces: replacing.includes(property),
      })),
      secrets,
      isLast: index === count - 1,
      isTold: !untold.some((property) => property in atFirst),
    };
  });
};

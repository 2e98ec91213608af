import type { Properties, Value } from "../../infra/provider/properties";
import type { DeclaredResource } from "./declared-program";

// One row is one resource over its life; a program of many rows changes one property of each with every run.

/** A property that gets another value. */
export interface PropertyChange {
  readonly property: string;
  /** Undefined takes it away. */
  readonly value: Value;
  /** Properties that cannot stay as they are when this one changes. */
  readonly also?: Properties;
  /** What the difference must name, where that is more exact than the properties' names. */
  readonly paths?: readonly string[];
  /** Whether the resource must be made anew for it. */
  readonly replaces?: boolean;
}

/** What somebody does by hand to a resource, which is then as its changes have led to. */
export interface OutsideChange {
  /** @param id the resource's */
  readonly act: (id: string) => Promise<void>;
  /** What the next up finds different; "gone" where it has to make the resource anew. */
  readonly shows: readonly string[] | "gone";
}

export interface SuiteRow {
  /** What it is called in the program, where no other is called so. */
  readonly name: string;
  readonly type: string;
  readonly inputs: Properties;
  /** Resources that it refers to, and that stay as they are; rows may have one in common. */
  readonly needs?: readonly DeclaredResource[];
  /** Each is applied on top of those before it. */
  readonly changes: readonly PropertyChange[];
  readonly outside?: OutsideChange;
  /** What a user would type to import it as it is at first; absent where the service does not tell all of that. */
  readonly importId?: string;
  /** Texts that may stand nowhere in the state and in what is told. */
  readonly secrets?: readonly string[];
}

const withChange = (inputs: Properties, { property, value, also }: PropertyChange): Properties => {
  const after: Properties = { ...inputs, [property]: value, ...also };
  const left = Object.keys(after).filter((name) => after[name] !== undefined);
  return Object.fromEntries(left.map((name): [string, Value] => [name, after[name]]));
};

/** The resources of all rows after so many changes, with what they need. */
export const declaredBy = (rows: readonly SuiteRow[], count = 0): readonly DeclaredResource[] => {
  const needs = new Map(rows.flatMap(({ needs: own = [] }) => own.map((need) => [need.name, need] as const)));
  const subjects = rows.map(
    ({ name, type, inputs, changes, importId, needs: own = [] }): DeclaredResource => ({
      type,
      name,
      inputs: changes.slice(0, count).reduce(withChange, inputs),
      dependsOn: own.map((need) => need.name),
      ...(importId !== undefined && { importId }),
    }),
  );
  return [...needs.values(), ...subjects];
};

/** What a run has to do with one resource. */
export interface Outcome {
  readonly operation: string;
  /** Names of properties, or exact paths. */
  readonly shows: readonly string[];
}

/** By the names of resources. */
export type Outcomes = ReadonlyMap<string, Outcome>;

/** What becomes of the rows by their next change, by name; the others stay as they are. */
export const outcomesOfChange = (rows: readonly SuiteRow[], index: number): Outcomes =>
  new Map(
    rows.flatMap(({ name, changes }) => {
      const change = changes[index];
      if (change === undefined) return [];
      const { property, also = {}, paths, replaces = false } = change;
      const shows = paths ?? [property, ...Object.keys(also)];
      return [[name, { operation: replaces ? "replace" : "update", shows }]];
    }),
  );

/** What becomes of the rows by the first up after what was done by hand. */
export const outcomesOfMending = (rows: readonly SuiteRow[]): Outcomes =>
  new Map(
    rows.flatMap(({ name, outside }) => {
      if (outside === undefined) return [];
      const { shows } = outside;
      return [[name, shows === "gone" ? { operation: "create", shows: [] } : { operation: "update", shows }]];
    }),
  );

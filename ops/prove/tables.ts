import { plainTable } from "../plain-table";

export interface ProofRow {
  readonly app: string;
  readonly rules: number;
  readonly proven: number;
}

export interface MutationRow {
  readonly app: string;
  readonly mutants: number;
  readonly killed: number;
}

/** How many of an app's rules are proven. */
export const proofTable = (rows: readonly ProofRow[]): string =>
  plainTable(
    ["app", "rules", "proven"],
    rows.map(({ app, rules, proven }) => [app, String(rules), String(proven)]),
  );

/** How many of an app's mutants its proofs have noticed. */
export const mutationTable = (rows: readonly MutationRow[]): string =>
  plainTable(
    ["app", "mutants", "killed"],
    rows.map(({ app, mutants, killed }) => [app, String(mutants), String(killed)]),
  );

/**
 * Mutants that no proof can tell from the sound rule, each with the reason. Keys are "ALERTNAME: what was changed".
 * None at present: add one only with a reason that a reader can check.
 */
export const equivalentMutants: ReadonlyMap<string, string> = new Map();

import { formatPath, isWithin, type PropertyPath } from "./property-path";
import { isList, isObject, unknown, type Properties, type Value } from "./properties";

export type ChangeKind = "add" | "delete" | "update";

export interface Change {
  /** In the engine's notation, down to the value that differs: `settings.http_service.checks[0].interval`. */
  readonly path: string;
  readonly kind: ChangeKind;
}

export interface PropertyChange extends Change {
  readonly replaces: boolean;
  /** True when the declaration changed; false when the world did (the state differs, the declaration does not). */
  readonly isInputDiff: boolean;
}

/** What differs between two sets of properties, value by value; `null` and a missing key are the same. */
export const changesBetween = (before: Properties, after: Properties): Change[] => {
  const changes: Change[] = [];
  const walk = (old: Value, now: Value, path: PropertyPath): void => {
    const wasAbsent = old === undefined || old === null;
    const isAbsent = now === undefined || now === null;
    if (wasAbsent && isAbsent) return;
    if (wasAbsent || isAbsent) {
      changes.push({ path: formatPath(path), kind: wasAbsent ? "add" : "delete" });
    } else if (isList(old) && isList(now)) {
      for (let index = 0; index < Math.max(old.length, now.length); index++) {
        walk(old[index], now[index], [...path, index]);
      }
    } else if (isObject(old) && isObject(now)) {
      for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
        walk(own(old, key), own(now, key), [...path, key]);
      }
    } else if (old !== now || now === unknown) {
      changes.push({ path: formatPath(path), kind: "update" });
    }
  };
  walk(before, after, []);
  return changes;
};

const own = (object: Properties, key: string): Value =>
  Object.hasOwn(object, key) ? object[key] : undefined;

export interface DiffRequest {
  /** The resource's state, by which it is judged whether anything must be done. */
  readonly state: Properties;
  /** The inputs of the last apply; tells a changed declaration from a changed world. */
  readonly oldInputs: Properties;
  readonly newInputs: Properties;
  /** Names of all inputs of this kind; the state's other properties are computed and never compared. */
  readonly inputNames: readonly string[];
  readonly replaceOn: readonly string[];
  /** Computed properties that show that the world has moved away from the state's inputs. */
  readonly drifted: readonly string[];
  readonly ignoreChanges: readonly string[];
}

/** The property-level difference between what is and what is declared. */
export const diff = (request: DiffRequest): PropertyChange[] => {
  const { state, newInputs, inputNames, replaceOn, ignoreChanges } = request;
  const managed: Properties = Object.fromEntries(inputNames.map((name) => [name, own(state, name)]));
  const declared = new Set(changesBetween(request.oldInputs, newInputs).map(({ path }) => path));
  const drifted = request.drifted.map((path): Change => ({ path, kind: "update" }));
  return [...changesBetween(managed, newInputs), ...drifted]
    .filter(({ path }) => !ignoreChanges.some((ignored) => isWithin(path, ignored)))
    .map((change) => ({
      ...change,
      replaces: replaceOn.some((name) => isWithin(change.path, name)),
      isInputDiff: declared.has(change.path),
    }));
};

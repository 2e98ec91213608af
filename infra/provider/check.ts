import type { z } from "zod";
import { formatPath, isWithin } from "./property-path";
import { containsUnknown, isList, isObject, unknown, type Properties, type Value } from "./properties";

export interface Failure {
  /** Path of the property, in the engine's notation. */
  readonly property: string;
  readonly reason: string;
}

export interface CheckResult {
  /** The properties with defaults filled in; as they came where they failed. */
  readonly properties: Properties;
  readonly failures: readonly Failure[];
  /** Paths of properties that are secret whatever the program says of them. */
  readonly secretPaths?: readonly string[];
}

/**
 * Judges `properties` by `schema` and reports every failure at once. Values not known yet pass: the apply checks
 * again, with all of them known.
 */
export const checkProperties = (schema: z.ZodObject, properties: Properties, owner: string): CheckResult => {
  const candidate = withoutNull(properties);
  const result = schema.safeParse(candidate);
  if (result.success) return { properties: result.data as Properties, failures: [] };

  const unknowns = unknownPaths(candidate);
  const failures = result.error.issues.flatMap((issue): Failure[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        property: formatPath([...steps(issue.path), key]),
        reason: `${owner} has no such property; it has ${Object.keys(schema.shape).join(", ")}`,
      }));
    }
    const property = formatPath(steps(issue.path));
    // An issue at, above or below a value that is not known yet says nothing about the value to come.
    if (unknowns.some((path) => isWithin(property, path) || isWithin(path, property))) return [];
    return [{ property, reason: issue.message }];
  });
  return { properties: failures.length === 0 ? withDefaults(schema, candidate) : properties, failures };
};

const steps = (path: readonly PropertyKey[]): (string | number)[] =>
  path.map((step) => (typeof step === "symbol" ? String(step) : step));

// The engine sends null for a property that the program set to undefined.
const withoutNull = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));

const withDefaults = (schema: z.ZodObject, properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(schema.shape).flatMap(([name, property]): [string, Value][] => {
      const value = properties[name];
      if (containsUnknown(value)) return [[name, value]];
      const parsed = (property as z.ZodType).safeParse(value);
      return parsed.success ? [[name, parsed.data as Value]] : [];
    }),
  );

const unknownPaths = (properties: Properties): string[] => {
  const paths: string[] = [];
  const walk = (value: Value, path: (string | number)[]): void => {
    if (value === unknown) paths.push(formatPath(path));
    else if (isList(value))
      value.forEach((item, index) => {
        walk(item, [...path, index]);
      });
    else if (isObject(value)) for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
  };
  walk(properties, []);
  return paths;
};

import type { Sent } from "./api";

/** What came of reading a value: it, what is wrong with it, or the closed set that it is not of. */
export type Reading<Value> =
  { readonly value: Value } | { readonly mistake: string } | { readonly allowed: readonly unknown[] };

/** One attribute of a resource. */
export interface Field<Value> {
  readonly read: (value: unknown) => Reading<Value>;
  /** What the service fills in where nothing is sent; without it the field has to be sent. */
  readonly fallback?: (sent: Sent) => Value;
  /** Whether an update passes it over. */
  readonly onlyAtCreate?: boolean;
}

export type Fields<Attributes> = { readonly [Name in keyof Attributes]-?: Field<Attributes[Name]> };

const field = <Value>(read: (value: unknown) => Reading<Value>, fallback?: Value): Field<Value> => ({
  read,
  ...(fallback !== undefined && { fallback: () => fallback }),
});

/** A text; numbers are taken for one. */
export const text = (fallback?: string): Field<string> =>
  field(
    (value) =>
      typeof value === "string" || typeof value === "number"
        ? { value: String(value) }
        : { mistake: "is not a text" },
    fallback,
  );

/** A text that says something. */
export const filledText = (fallback?: string): Field<string> =>
  field((value) => {
    const read = text().read(value);
    return "value" in read && read.value.trim() === "" ? { mistake: "can't be blank" } : read;
  }, fallback);

export const flag = (fallback: boolean): Field<boolean> =>
  field((value) => (typeof value === "boolean" ? { value } : { mistake: "is not true or false" }), fallback);

/** A whole number; a text of digits is taken for one. */
export const integer = (limits: { min?: number; max?: number } = {}, fallback?: number): Field<number> =>
  field((value) => {
    const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== "number") return { mistake: "is not a number" };
    if (!Number.isInteger(number)) return { mistake: "must be an integer" };
    if (limits.min !== undefined && number < limits.min)
      return { mistake: `must be greater than or equal to ${limits.min}` };
    if (limits.max !== undefined && number > limits.max)
      return { mistake: `must be less than or equal to ${limits.max}` };
    return { value: number };
  }, fallback);

/** One of a closed set. */
export const oneOf = <const Value extends string | number>(
  values: readonly Value[],
  fallback?: Value,
): Field<Value> =>
  field((value) => {
    const found = values.find((candidate) => candidate === value);
    return found === undefined ? { allowed: values } : { value: found };
  }, fallback);

/** Values of one kind; each that is wrong makes the whole wrong. */
export const listOf = <Value>(item: Field<Value>, fallback: readonly Value[] = []): Field<readonly Value[]> =>
  field<readonly Value[]>((value) => {
    if (!Array.isArray(value)) return { mistake: "is not a list" };
    const values: Value[] = [];
    for (const entry of value) {
      const read = item.read(entry);
      if (!("value" in read)) return read;
      values.push(read.value);
    }
    return { value: values };
  }, fallback);

/** Null, too, which is what it is where nothing is sent. */
export const nullable = <Value>(
  { read }: Field<Value>,
  fallback: Value | null = null,
): Field<Value | null> => ({
  read: (value) => (value === null ? { value: null } : read(value)),
  fallback: () => fallback,
});

/** Texts by name. */
export const textsByName = (): Field<Readonly<Record<string, string>>> =>
  field<Readonly<Record<string, string>>>((value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return { mistake: "is not a map" };
    const entries = Object.entries(value);
    return entries.every(([name, entry]) => name !== "" && typeof entry === "string" && entry !== "")
      ? { value: Object.fromEntries(entries) }
      : { mistake: "must not hold empty names or values" };
  }, {});

/** The same field, which an update passes over. */
export const onlyAtCreate = <Value>(declared: Field<Value>): Field<Value> => ({
  ...declared,
  onlyAtCreate: true,
});

/** The same field with a fallback that depends on what else is sent. */
export const filled = <Value>(declared: Field<Value>, fallback: (sent: Sent) => Value): Field<Value> => ({
  ...declared,
  fallback,
});

/** What came of reading a body. */
export interface ReadFields<Attributes> {
  /** Complete where there are no mistakes. */
  readonly attributes: Attributes;
  /** By field. */
  readonly mistakes: Readonly<Record<string, readonly string[]>>;
  /** The closed sets of fields that hold something else. */
  readonly allowed: Readonly<Record<string, readonly unknown[]>>;
  /** Keys that no field has. */
  readonly ignored: readonly string[];
}

/** Reads what was sent; with `before` only what was sent changes, else the rest is filled in. */
export const readFields = <Attributes extends object>(
  fields: Fields<Attributes>,
  sent: Sent,
  before?: Attributes,
): ReadFields<Attributes> => {
  const attributes: Record<string, unknown> = { ...before };
  const mistakes: Record<string, string[]> = {};
  const allowed: Record<string, readonly unknown[]> = {};
  for (const [name, declared] of Object.entries<Field<unknown>>(fields)) {
    const value = sent[name];
    if (value === undefined || (before !== undefined && declared.onlyAtCreate === true)) {
      if (before !== undefined) continue;
      if (declared.fallback === undefined) mistakes[name] = ["can't be blank"];
      else attributes[name] = declared.fallback(sent);
      continue;
    }
    const read = declared.read(value);
    if ("value" in read) attributes[name] = read.value;
    else if ("allowed" in read) allowed[name] = read.allowed;
    else mistakes[name] = [read.mistake];
  }
  const ignored = Object.keys(sent).filter((name) => !(name in fields));
  return { attributes: attributes as Attributes, mistakes, allowed, ignored };
};

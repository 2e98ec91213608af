/** A limit inside an expression, kept as data so that docs, dashboards and mutants can read it. */
export interface Comparison {
  readonly operator: ">" | "<";
  readonly limit: number;
  /** The value is a number of things: the next one on either side of the limit is a whole one away. */
  readonly whole?: true;
}

/** MetricsQL in parts; the comparisons are apart from the text around them. */
export type Expression = readonly (string | Comparison)[];

const decimal = (value: number): string => String(Number(value.toPrecision(12)));

/** The expression as the engine reads it. */
export const expressionText = (expression: Expression): string =>
  expression
    .map((part) => (typeof part === "string" ? part : `${part.operator} ${decimal(part.limit)}`))
    .join(" ");

/** A label selector: `{app="shop",mode!~"idle|iowait"}`. A value that starts with an operator keeps it. */
export const selector = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",")}}`;

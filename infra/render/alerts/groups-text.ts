import type { WrittenGroup, WrittenRule } from "./rule-groups";

/** What a single-quoted scalar cannot hold on its line. */
const unprintable = /[\p{Cc}\u2028\u2029\uFEFF]/u;

/** A YAML scalar: single quotes leave the quotes of PromQL as they are, double ones have JSON's escapes. */
const quoted = (text: string): string =>
  unprintable.test(text) ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`;

const table = (name: string, values: Readonly<Record<string, string>>): string =>
  Object.entries(values).reduce(
    (text, [key, value]) => `${text}          ${key}: ${quoted(value)}\n`,
    `        ${name}:\n`,
  );

const ruleText = (rule: WrittenRule): string =>
  "record" in rule
    ? `      - record: ${quoted(rule.record)}\n        expr: ${quoted(rule.expr)}\n`
    : `      - alert: ${rule.alert}\n        expr: ${quoted(rule.expr)}\n        for: ${rule.for}\n` +
      table("labels", rule.labels) +
      table("annotations", rule.annotations);

/**
 * Groups of rules as YAML. Written here and not by a library: of a thousand apps these are 20 MB in a form that never
 * varies, and a general writer, which looks for the plainest form of each text, takes twenty times as long.
 */
export const groupsText = (groups: readonly WrittenGroup[]): string =>
  groups.reduce(
    (text, { name, interval, eval_alignment: aligned, rules }) =>
      `${text}  - name: ${quoted(name)}\n    interval: ${interval}\n    eval_alignment: ${aligned}\n    rules:\n${rules.map(ruleText).join("")}`,
    "groups:\n",
  );

import { rules } from "./registry";
import type { Rule } from "./rule";

const section = (rule: Rule): string[] => [
  `## ${rule.name}`,
  "",
  `**${rule.demands}** Severity: ${rule.severity}. Judges ${"judge" in rule ? "each resource" : "the whole stack"}.`,
  "",
  `- Limit: ${rule.limit}.`,
  `- Why: ${rule.why}`,
  `- Source: ${rule.source}${rule.url === undefined ? "" : ` (<${rule.url}>)`}.`,
  "",
  "Mend:",
  "",
  rule.mend.startsWith("#") ? "```yaml" : "```ts",
  rule.mend,
  "```",
  "",
];

/** The text of docs/policies.md. */
export const policiesPage = (): string =>
  [
    "# Policies",
    "",
    "<!-- Written by `npm run docs:policies` from policies/registry.ts and infra/model/limits.ts. Do not edit. -->",
    "",
    "Every preview and every apply with `--policy-pack policies` (`npx flymon preview` adds it) judges the stack by",
    "these rules. All are mandatory, on staging and in production: one violation and the command fails, after all",
    "violations have been reported. Each names the app, the value, the limit and the line to change. A rule that cannot",
    "see a value in preview fails too, and so does a stack without apps.",
    "",
    "| policy | demands | limit |",
    "|---|---|---|",
    ...rules.map(
      ({ name, demands, limit }) => `| [${name}](#${name}) | ${demands} | ${limit.replaceAll("|", "\\|")} |`,
    ),
    "",
    ...rules.flatMap(section),
  ]
    .join("\n")
    .trimEnd() + "\n";

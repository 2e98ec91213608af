import type { z } from "zod";

/** One mistake of the user: where it stands, what was found, what is allowed, and how to mend it. */
export interface Diagnostic {
  /** The file to change, from the project root ("infra/fleet/chatwoot.ts"), or where else the value came from. */
  readonly file: string;
  /** Line in the file, where it is known. */
  readonly line?: number | undefined;
  /** The app or other thing the mistake is in. */
  readonly subject?: string | undefined;
  /** The path of the field ("processGroups.web.vm.memory"); empty for the thing as a whole. */
  readonly field: string;
  /** The value found; undefined when it is missing. */
  readonly value: unknown;
  readonly limit: string;
  readonly mend: string;
}

/** Thrown once with all mistakes found; printed without a stack. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(formatDiagnostics(diagnostics));
  }
}

const shown = (value: unknown): string => {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/** "infra/fleet/chatwoot.ts:12" */
export const place = ({ file, line }: Pick<Diagnostic, "file" | "line">): string =>
  line === undefined ? file : `${file}:${line}`;

/** One mistake as three short lines. */
export const formatDiagnostic = (diagnostic: Diagnostic): string => {
  const what = [diagnostic.subject, diagnostic.field].filter(Boolean).join(": ");
  return [
    `${place(diagnostic)}  ${what} is ${shown(diagnostic.value)}`,
    `    allowed: ${diagnostic.limit}`,
    `    mend:    ${diagnostic.mend}`,
  ].join("\n");
};

/** All mistakes with a heading that counts them. */
export const formatDiagnostics = (diagnostics: readonly Diagnostic[]): string => {
  const count = diagnostics.length === 1 ? "1 mistake" : `${diagnostics.length} mistakes`;
  return `${count} to mend before anything is applied:\n\n${diagnostics.map(formatDiagnostic).join("\n\n")}`;
};

/** A field path as it is written in code: processGroups.web.services[0].checks[1].path */
export const fieldPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = String(key);
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");

/** The value at a path of a nested object; undefined where the path leads nowhere. */
export const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (value === null || typeof value !== "object" ? undefined : Reflect.get(value, key)),
    root,
  );

/** What each issue of zod means in the user's words. Our own refinements carry limit and mend in `params`. */
const explain = (issue: z.core.$ZodIssue): { limit: string; mend: string } => {
  switch (issue.code) {
    case "invalid_type":
      return { limit: `a value of type ${issue.expected}`, mend: `give it a ${issue.expected}` };
    case "invalid_value": {
      const values = issue.values.map((value) => JSON.stringify(value)).join(", ");
      return { limit: `one of ${values}`, mend: `choose one of ${values}` };
    }
    case "too_small": {
      const unit = issue.origin === "string" ? " characters" : issue.origin === "array" ? " entries" : "";
      return {
        limit: `at least ${issue.minimum}${unit}`,
        mend: `raise it to ${issue.minimum} or more${unit}`,
      };
    }
    case "too_big": {
      const unit = issue.origin === "string" ? " characters" : issue.origin === "array" ? " entries" : "";
      return {
        limit: `at most ${issue.maximum}${unit}`,
        mend: `lower it to ${issue.maximum} or less${unit}`,
      };
    }
    case "unrecognized_keys":
      return {
        limit: "only the fields of the schema",
        mend: `remove ${issue.keys.join(", ")}, or correct the spelling`,
      };
    case "invalid_union":
      return {
        limit: "one of the documented forms",
        mend: "compare it with the declarations in infra/fleet",
      };
    case "custom": {
      const { limit, mend } = (issue.params ?? {}) as { limit?: string; mend?: string };
      return { limit: limit ?? issue.message, mend: mend ?? issue.message };
    }
    default:
      return { limit: issue.message, mend: issue.message };
  }
};

/**
 * The issues of a failed parse as diagnostics. `origin` says which file a path comes from: a stack's override and
 * the app's own declaration are merged before they are parsed, and each mistake must point at its own file.
 */
export const diagnosticsOf = (
  error: z.ZodError,
  parsed: unknown,
  origin: (path: readonly PropertyKey[]) => Pick<Diagnostic, "file" | "line" | "subject">,
): Diagnostic[] =>
  error.issues.flatMap((issue): Diagnostic[] => {
    const common = { ...explain(issue) };
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => {
        const path = [...issue.path, key];
        return {
          ...origin(path),
          field: fieldPath(path),
          value: valueAt(parsed, path),
          limit: common.limit,
          mend: `remove ${key}, or correct its spelling`,
        };
      });
    }
    return [
      { ...origin(issue.path), field: fieldPath(issue.path), value: valueAt(parsed, issue.path), ...common },
    ];
  });

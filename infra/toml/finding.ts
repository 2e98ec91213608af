import type { Span } from "./document";
import type { FlyFile } from "./fly-file";

/** `error`: Fly refuses it, ignores it or turns it against you. `warning`: it works, but not as most expect. */
export type Severity = "error" | "warning";

/** One thing in a fly.toml that does not do what it says. Lines and columns are counted from 1. */
export interface Finding {
  /** The rule's id, for suppressions and searches. */
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** Exclusive. */
  readonly endColumn: number;
  /** What happens on Fly. */
  readonly message: string;
  /** The corrected lines, to paste. */
  readonly fix: string;
}

/** What a rule finds; the place is a span of the text. */
export interface Problem {
  readonly at: Span;
  readonly message: string;
  readonly fix: string;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
}

export interface Rule {
  /** kebab-case. */
  readonly id: string;
  readonly severity: Severity;
  /** For the list of rules. */
  readonly title: string;
  readonly check: (file: FlyFile) => readonly Problem[];
}

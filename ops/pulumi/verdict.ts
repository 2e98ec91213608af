import type { ExitCode } from "../exit-codes";
import { exitCodes } from "../exit-codes";
import type { EngineEvent } from "./events";

/** A policy that is violated, or that could not judge. */
export interface Violation {
  readonly policy: string;
  /** The policy's own words: app, value, limit and the line to change. */
  readonly message: string;
}

/** How a run of Pulumi ended. */
export interface Verdict {
  readonly exitCode: ExitCode;
  readonly violations: readonly Violation[];
  /** What Pulumi's own output does not say. */
  readonly remark?: string;
}

export interface Ending {
  /** Pulumi's exit code; undefined when a signal ended it. */
  readonly pulumi: number | undefined;
  readonly events: readonly EngineEvent[];
  /** True where Pulumi was asked to end before it was done. */
  readonly interrupted: boolean;
  /** What Pulumi itself said on standard error: mistakes in its arguments, a locked stack. */
  readonly stderr: string;
  /** True where the policy pack was attached. */
  readonly guarded: boolean;
}

/** Pulumi's exit codes that mean one thing. Source: pkg/cmd/pulumi/cmd/exit_codes.go. */
const pulumiExits = { configuration: 2, authentication: 3, noChanges: 7, cancelled: 8 } as const;

/** The heading of model/diagnostics' Refusal. */
const refusal = /^\d+ mistakes? to mend before anything is applied/m;
/** A provider's check found a property wrong. */
const wrongProperty = /\bhas a problem:/;
/** The head of each failure of the provider and of the drill in talking with Slack: "Slack (host): ...". */
const slackFailure = /\bSlack(?: \([^)]*\))?: /;
const wrongArgument = /^error: (?:unknown (?:shorthand )?flag|invalid argument|accepts |flag needs)/m;

/** CrossGuard lowers a mandatory policy to advisory where it meets a value not known in preview. */
const couldNotJudge = (message: string): boolean => /^can't run policy\b/.test(message);

const violationsOf = (events: readonly EngineEvent[]): Violation[] => {
  const found = events.flatMap(({ policyEvent }): Violation[] =>
    policyEvent !== undefined &&
    (policyEvent.enforcementLevel === "mandatory" || couldNotJudge(policyEvent.message))
      ? [{ policy: policyEvent.policyName, message: policyEvent.message.trim() }]
      : [],
  );
  // An `up` runs the pack twice, in its preview and in the update.
  return [
    ...new Map(found.map((violation) => [`${violation.policy}\n${violation.message}`, violation])).values(),
  ];
};

const anyPolicyRan = (events: readonly EngineEvent[]): boolean =>
  events
    .flatMap((event) => [event.policyAnalyzeSummaryEvent, event.policyAnalyzeStackSummaryEvent])
    .some((summary) => (summary?.passed?.length ?? 0) + (summary?.failed?.length ?? 0) > 0);

const exitCodeOf = ({ pulumi, events, stderr, interrupted }: Ending): ExitCode => {
  const errors = events.flatMap(({ diagnosticEvent }) =>
    diagnosticEvent?.severity === "error" ? [diagnosticEvent.message] : [],
  );
  const said = (pattern: RegExp): boolean => errors.some((message) => pattern.test(message));
  if (pulumi === 0) return exitCodes.done;
  if (interrupted) return exitCodes.interrupted;
  if (said(refusal)) return exitCodes.refused;
  if (said(slackFailure)) return exitCodes.remote;
  if (said(wrongProperty)) return exitCodes.refused;
  switch (pulumi) {
    case pulumiExits.noChanges:
      return exitCodes.changes;
    case pulumiExits.configuration:
      return exitCodes.usage;
    case pulumiExits.authentication:
      return exitCodes.remote;
    case pulumiExits.cancelled:
      return exitCodes.interrupted;
    default:
      return wrongArgument.test(stderr) ? exitCodes.usage : exitCodes.unexpected;
  }
};

const notRun = [
  "No policy was run: the policy pack is empty, or Pulumi did not load it. Without policies nothing guards the stack.",
  "Look at policies/ (PulumiPolicy.yaml, index.ts), then run again.",
].join("\n");

const killed = "Pulumi was killed. Run the same command again: it goes on from what was applied.";

/**
 * Pulumi ends with 1 for nearly every failure, and with 0 where a mandatory policy could not judge. What happened
 * stands in its event log.
 */
export const verdictOf = (ending: Ending): Verdict => {
  const violations = violationsOf(ending.events);
  if (violations.length > 0) return { exitCode: exitCodes.policy, violations };
  const exitCode = exitCodeOf(ending);
  const unguarded = exitCode === exitCodes.done && ending.guarded && !anyPolicyRan(ending.events);
  if (unguarded) return { exitCode: exitCodes.policy, violations, remark: notRun };
  if (ending.pulumi === undefined) return { exitCode, violations, remark: killed };
  return { exitCode, violations };
};

const indented = (message: string): string => message.split("\n").join("\n    ");

/** The closing words on violations: each once. */
export const formatViolations = (violations: readonly Violation[]): string => {
  const count =
    violations.length === 1 ? "1 policy violation" : `${String(violations.length)} policy violations`;
  const each = violations.map(({ policy, message }) => `  ${policy}\n    ${indented(message)}`);
  return `\n${count}; nothing of it may be applied:\n\n${each.join("\n\n")}\n`;
};

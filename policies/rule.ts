import type {
  AutoStopInputs,
  AutoscalingInputs,
  FlyAppInputs,
  FlyTomlInputs,
  HealthCheckInputs,
  Origin,
  UptimeMonitorInputs,
} from "../infra/model/resources";

/** What the rules look at, by the name of its resource type in `resourceTypes`. */
export interface Judged {
  readonly flyApp: FlyAppInputs;
  readonly healthCheck: HealthCheckInputs;
  readonly autoscaling: AutoscalingInputs;
  readonly autoStop: AutoStopInputs;
  readonly uptimeMonitor: UptimeMonitorInputs;
  readonly flyToml: FlyTomlInputs;
}

/** One thing to mend: where it was written, what was found, what is allowed, what to write instead. */
export interface Finding {
  /** Absent where the stack as a whole is wrong. */
  readonly origin?: Origin;
  /** Path of the field in the app's declaration. */
  readonly field: string;
  readonly value: unknown;
  readonly limit: string;
  readonly mend: string;
}

/** What people read about a rule, in messages, in the SDK's metadata and in docs/policies.md. */
interface RuleFacts {
  /** kebab-case; what `pulumi preview` prints. */
  readonly name: string;
  readonly title: string;
  /** What it demands, in one sentence; the first line of every violation. */
  readonly demands: string;
  /** The limit with its figure. */
  readonly limit: string;
  readonly why: string;
  /** Runbook section or vendor's page. */
  readonly source: string;
  /** A page to read on, where there is a public one. */
  readonly url?: string;
  /** Lines to paste into the declaration. */
  readonly mend: string;
  readonly severity: "low" | "medium" | "high" | "critical";
}

/** Judges each resource of some types on its own. */
export interface ResourceRule extends RuleFacts {
  readonly judge: { readonly [Type in keyof Judged]?: (inputs: Judged[Type]) => readonly Finding[] };
}

/** All judged resources of a stack, by type. */
export type Stack = { readonly [Type in keyof Judged]: readonly Judged[Type][] };

/** Judges how resources belong together. */
export interface StackRule extends RuleFacts {
  /** The types it looks at. */
  readonly reads: readonly (keyof Judged)[];
  readonly judgeStack: (stack: Stack) => readonly Finding[];
}

export type Rule = ResourceRule | StackRule;

/**
 * What the machine-state exporter is told: the content of exporter/config.json, written by infra/render/watchtower and
 * read by watchtower/exporter. Times are milliseconds, for nobody writes this file by hand.
 */
export interface ExporterConfig {
  /** The Machines API without /v1. */
  readonly apiUrl: string;
  /** Holds a token that may read the organization's machines. */
  readonly tokenFile: string;
  /** Who may read /metrics and /targets/json. */
  readonly access: { readonly user: string; readonly passwordFile: string };
  /** From one call of the Machines API to the next, for each app. */
  readonly intervalMs: number;
  /** How long an answer counts. */
  readonly answerAgeMs: number;
  readonly apiTimeoutMs: number;
  readonly answerTimeoutMs: number;
  /** How long a check may say nothing of a program that has just started. */
  readonly checkSettlesMs: number;
  /** How far back exits are counted. */
  readonly exitsWindowMs: number;
  readonly certificateIntervalMs: number;
  readonly apps: readonly ExporterApp[];
}

export interface ExporterApp {
  readonly name: string;
  /** The declared ones. */
  readonly processGroups: readonly string[];
  readonly conditions: readonly AnswerConditions[];
  readonly approvals: readonly JsonAnswer[];
  readonly tools: readonly ToolAnswer[];
  readonly coldStart?: ColdStartTest;
  /** Whose certificate is looked at. */
  readonly certificate?: { readonly host: string; readonly port: number };
}

/** A JSON answer that each started machine of a process group gives on the private network. */
export interface PrivateAnswer {
  readonly processGroup: string;
  readonly port: number;
  readonly path: string;
}

/** One that the exporter reads. */
export interface JsonAnswer extends PrivateAnswer {
  readonly headers: Readonly<Record<string, string>>;
}

export interface AnswerConditions extends JsonAnswer {
  readonly expectedStatus: number;
  /** Fields by their path in the body, and the value each must hold. */
  readonly fields: readonly { readonly path: string; readonly equals: string }[];
}

/** One that json_exporter reads, with a module of its configuration. */
export interface ToolAnswer extends PrivateAnswer {
  readonly module: string;
}

/** A request to the public address that wakes a stopped machine on purpose. */
export interface ColdStartTest {
  readonly processGroup: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expectedStatus: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

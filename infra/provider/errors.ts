import type { Properties } from "./properties";

export interface Mishap {
  /** Who was asked: "Slack", "the file generated/staging/fly/a.toml". */
  readonly service: string;
  /** What was tried: "creating the channel #incidents". */
  readonly attempted: string;
  /** What came back: "answered missing_scope (...)". */
  readonly answer: string;
  /** What the reader can do about it. */
  readonly mend: string;
}

/** A failure whose message is complete for the user: no stack is shown with it. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  constructor(readonly mishap: Mishap) {
    super(`${mishap.service}: ${mishap.attempted}: ${mishap.answer}. ${mishap.mend}`);
  }
}

/**
 * The resource exists, but not all of it is as declared. The engine keeps it in the state with the reasons, and the
 * next `pulumi up` updates it until nothing is left to do.
 */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  constructor(
    readonly id: string,
    readonly state: Properties,
    readonly reasons: readonly string[],
    /** Which properties of the state are secret; filled in by the provider. */
    readonly secretPaths: ReadonlySet<string> = new Set(),
  ) {
    super(reasons.join("\n"));
  }

  withSecrets(secretPaths: ReadonlySet<string>): PartialFailure {
    return new PartialFailure(this.id, this.state, this.reasons, secretPaths);
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

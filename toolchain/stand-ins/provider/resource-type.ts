import type { Values } from "./values";

/** One mistake in a resource's inputs. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** What a resource's operation may use besides its inputs. */
export interface Context {
  readonly urn: string;
  /** Shows one line to the user beside the resource. */
  readonly log: (line: string) => void;
  /** Aborts when the user cancels the update. */
  readonly cancelled: AbortSignal;
}

/**
 * One resource type of a provider. Inputs and state reach it plain (secret wrappers taken off); what was secret in
 * the inputs is made secret again in the outputs of the same name, and `secretOutputs` always are.
 */
export interface ResourceType {
  /** The inputs as they are kept (defaults filled in), with every mistake in them. */
  check(inputs: Values): { inputs: Values; failures: Failure[] };
  /** Inputs whose change needs a new resource. */
  readonly replaceOn: (property: string) => boolean;
  /** Outputs that the inputs do not give: not known in a preview of a create. */
  readonly computed: readonly string[];
  /** Outputs that are secret by themselves. */
  readonly secretOutputs: readonly string[];
  /** Whether computed outputs are secret as soon as any input is. */
  readonly spreadsSecrets: boolean;
  create(inputs: Values, context: Context): Promise<{ id: string; outputs: Values }>;
  /** Present where some change can be made in place. */
  update?(inputs: Values, state: Values, context: Context): Promise<Values>;
  delete?(state: Values, context: Context): Promise<void>;
  /** The outputs that a refresh looks up anew; present where some can differ from the state. */
  read?(state: Values): Values;
}

/** A function of a provider (`pulumi.runtime.invoke`). */
export interface InvokeFunction {
  /** Outputs that are secret as soon as any argument is. */
  readonly derived: readonly string[];
  call(args: Values, context: Context): Promise<Values>;
}

export interface Provider {
  readonly version: string;
  readonly resources: Readonly<Record<string, ResourceType>>;
  readonly functions: Readonly<Record<string, InvokeFunction>>;
}

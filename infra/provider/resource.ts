import type { z } from "zod";
import type { Failure } from "./check";
import type { Configuration } from "./configuration";
import type { Properties } from "./properties";

/** What an operation on a resource may use besides the resource itself. */
export interface ResourceContext {
  /** The resource's URN: what names it in its stack. */
  readonly urn: string;
  readonly configuration: Configuration;
  /** The folder of the user's Pulumi.yaml: what relative paths are relative to. */
  readonly projectRoot: string;
  /** Aborted when the user interrupts the run or the resource's custom timeout is over. */
  readonly signal: AbortSignal;
  /** A line for the user, shown beside the resource; cleared of secrets. */
  readonly log: (severity: "debug" | "info" | "warning", message: string) => void;
}

/** A resource as it was found or made: its id, and its inputs and computed properties together. */
export interface Found<State extends Properties> {
  readonly id: string;
  readonly state: State;
  /** Where what was found is not what is asked for, the inputs that stay in force; the state's own where absent. */
  readonly inputs?: Properties;
  /** What of it may be a secret, in the engine's notation, beside what the inputs mark as one. */
  readonly secretPaths?: readonly string[];
}

/**
 * One kind of resource. A new kind is one folder that exports a value of this type, and one line in registry.ts; the
 * server does everything that is the same for all: the wire, secrets, unknown values, diffs, previews, errors.
 *
 * The state of a resource is its inputs plus its computed properties. Whether something must be done is judged by
 * state against inputs, so an operation returns in the state what really is there, also where that differs.
 *
 * The functions are methods on purpose: TypeScript compares methods' parameters both ways, which lets kinds of
 * narrower types stand in one registry. It is sound because inputs reach a kind only through its own schema.
 */
export interface ResourceKind<
  Inputs extends Properties = Properties,
  State extends Inputs = Inputs & Properties,
> {
  /** `flymon:MODULE:NAME`. */
  readonly type: `flymon:${string}:${string}`;
  readonly description: string;
  /** The inputs: types, limits, defaults, and what each is (`.describe`). */
  readonly inputs: z.ZodObject;
  /** The computed properties, and what each is. */
  readonly computed: z.ZodObject;
  /** Inputs that cannot change in place. */
  readonly replaceOn: readonly (keyof Inputs & string)[];
  /**
   * Inputs that only say what this provider does (on destroy, say) and show nowhere in the resource: an import takes
   * them as they are declared, which the engine tells with the first up after it. A destroy before that keeps what has
   * an `onDestroy`.
   */
  readonly wishes?: readonly (keyof Inputs & string)[];
  /** Computed properties that are secret. */
  readonly secretOutputs: readonly (keyof State & string)[];
  /** Paths of inputs that are secret also where the program does not say so, in the engine's notation. */
  secretInputs?(inputs: Properties): readonly string[];
  /** Inputs that end up in the open (a file, a channel's topic) and so must not hold a secret. */
  readonly openInputs: readonly (keyof Inputs & string)[];

  /** Puts inputs into the one form that state and diffs use (paths, say); leaves alone what is not known yet. */
  normalize?(inputs: Inputs, context: Pick<ResourceContext, "projectRoot">): Inputs;
  /** Computed properties that a preview can know, for fully known inputs; all others show as unknown. */
  plan?(inputs: Inputs, state: State | undefined): Partial<State>;
  /** Computed properties that show that the world has moved away from the state; the next apply mends it. */
  drifted?(state: State): readonly (keyof State & string)[];
  /** The part of the state that these inputs speak of: what they leave out is not managed, and so no difference. */
  managed?(state: State, inputs: Inputs): Inputs;
  /** What speaks against these inputs with this configuration. */
  refuse?(inputs: Inputs, configuration: Configuration): readonly Failure[];
  /** What speaks against these inputs after the former ones, of which a resource was made. */
  refuseChange?(former: Inputs, inputs: Inputs): readonly Failure[];
  /** Whether a replacement cannot be made while the resource is there: the same name, say. */
  mustGoFirst?(state: State, inputs: Inputs): boolean;
  /** Tells the user at a preview, by lines of the log, what the apply would do beyond the properties' difference. */
  forecast?(inputs: Inputs, context: ResourceContext): Promise<void>;

  /**
   * Brings the resource into being. It must adopt what an earlier, interrupted run left behind, and throw
   * PartialFailure once something exists that must not be forgotten.
   */
  create(inputs: Inputs, context: ResourceContext): Promise<Found<State>>;
  /**
   * Looks at the resource. `state` is undefined when it is imported: `id` is then what the user typed.
   * `inputs` are those of the last apply, where there was one.
   * @returns undefined when it is gone.
   */
  read(
    id: string,
    state: State | undefined,
    context: ResourceContext,
    inputs?: Inputs,
  ): Promise<Found<State> | undefined>;
  update(id: string, state: State, inputs: Inputs, context: ResourceContext): Promise<State>;
  /** Removes the resource; succeeds when it is gone already. */
  delete(id: string, state: State, context: ResourceContext): Promise<void>;
}

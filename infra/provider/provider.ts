import { checkProperties, type CheckResult, type Failure } from "./check";
import { checkConfiguration, readConfiguration, type Configuration } from "./configuration";
import { changesBetween, diff, type Change, type PropertyChange } from "./diff";
import { PartialFailure, ProviderError } from "./errors";
import { isWithin } from "./property-path";
import { containsUnknown, unknown, type Decoded, type Properties } from "./properties";
import type { Redactor } from "./redact";
import type { Found, ResourceContext, ResourceKind } from "./resource";

export interface ProviderHost {
  readonly kinds: readonly ResourceKind[];
  readonly environment: { readonly [name: string]: string | undefined };
  readonly projectRoot: string;
  readonly redactor: Redactor;
  readonly log: (severity: "debug" | "info" | "warning", message: string, urn: string) => void;
}

/** The resource that an operation is about, as every request of the engine names it. */
export interface Target {
  readonly type: string;
  readonly urn: string;
  /** The resource's custom timeout in seconds; 0 for none. */
  readonly timeout: number;
}

/** A resource's state, and which of its properties are secret. */
export interface Outcome {
  readonly id: string;
  readonly state: Properties;
  readonly inputs: Properties;
  readonly secretPaths: ReadonlySet<string>;
}

/** What is the same for all kinds of resources: configuration, checks, diffs, previews, secrets, cancellation. */
export interface Provider {
  readonly checkConfig: (news: Properties) => CheckResult;
  readonly diffConfig: (olds: Properties, news: Properties) => Change[];
  readonly configure: (values: Properties) => void;
  /** @param former the inputs of the last apply, where there was one */
  readonly check: (type: string, news: Decoded, former?: Properties) => CheckResult;
  readonly diff: (type: string, request: DiffInput) => PropertyChange[];
  /** Whether a replacement has to wait until the resource is deleted. */
  readonly mustGoFirst: (type: string, request: DiffInput) => boolean;
  /** What an apply would make of it, as far as that is known before. */
  readonly preview: (
    target: Target,
    id: string,
    state: Properties | undefined,
    inputs: Decoded,
  ) => Promise<Outcome>;
  readonly create: (target: Target, inputs: Decoded) => Promise<Outcome>;
  /** @returns undefined when the resource is gone */
  readonly read: (
    target: Target,
    id: string,
    state: Decoded,
    inputs: Decoded,
  ) => Promise<Outcome | undefined>;
  readonly update: (target: Target, id: string, state: Decoded, inputs: Decoded) => Promise<Outcome>;
  readonly delete: (target: Target, id: string, state: Properties, inputs?: Properties) => Promise<void>;
  /** Ends what is running: calls that make something come to their end first, all others stop. */
  readonly cancel: () => void;
}

export const createProvider = (host: ProviderHost): Provider => {
  const cancellation = new AbortController();
  let configuration: Configuration = readConfiguration({}, host.environment);
  host.redactor.learn(secretsOf(configuration));

  const kindOf = (type: string): ResourceKind => {
    const kind = host.kinds.find((candidate) => candidate.type === type);
    if (kind !== undefined) return kind;
    throw new ProviderError({
      service: "flymon",
      attempted: `looking up the resource type ${type}`,
      answer: "there is none of that name",
      mend: `Use one of ${host.kinds.map((candidate) => candidate.type).join(", ")}.`,
    });
  };

  const contextOf = ({ urn, timeout }: Target): ResourceContext => {
    const signals = [cancellation.signal, ...(timeout > 0 ? [AbortSignal.timeout(timeout * 1000)] : [])];
    return {
      urn,
      configuration,
      projectRoot: host.projectRoot,
      signal: AbortSignal.any(signals),
      log: (severity, message) => {
        host.log(severity, host.redactor.redact(message), urn);
      },
    };
  };

  return {
    checkConfig: (news: Properties): CheckResult => checkConfiguration(news),

    diffConfig: (olds: Properties, news: Properties): Change[] => changesBetween(olds, news),

    configure: (values: Properties): void => {
      configuration = readConfiguration(values, host.environment);
      host.redactor.learn(secretsOf(configuration));
    },

    check: (type: string, news: Decoded, former: Properties = {}): CheckResult => {
      const kind = kindOf(type);
      const checked = checkProperties(kind.inputs, news.values, kind.type);
      const { properties } = checked;
      const isChange = checked.failures.length === 0 && Object.keys(former).length > 0;
      const refused = [
        ...(checked.failures.length === 0 ? (kind.refuse?.(properties, configuration) ?? []) : []),
        ...(isChange ? (kind.refuseChange?.(former, properties) ?? []) : []),
      ];
      const failures = [...checked.failures, ...exposedSecrets(kind, news), ...refused];
      const normal =
        failures.length > 0 || kind.normalize === undefined ? properties : kind.normalize(properties, host);
      return { properties: normal, failures, secretPaths: kind.secretInputs?.(normal) ?? [] };
    },

    diff: (type: string, request: DiffInput): PropertyChange[] => {
      const kind = kindOf(type);
      const isKnown = !containsUnknown(request.newInputs);
      const state = withWishes(kind, request.state, request.newInputs);
      return diff({
        ...request,
        state: isKnown && kind.managed ? kind.managed(state, request.newInputs) : state,
        inputNames: Object.keys(kind.inputs.shape),
        replaceOn: kind.replaceOn,
        drifted: kind.drifted?.(request.state) ?? [],
      });
    },

    mustGoFirst: (type, { state, newInputs }) => kindOf(type).mustGoFirst?.(state, newInputs) ?? false,

    preview: async (
      target: Target,
      id: string,
      state: Properties | undefined,
      inputs: Decoded,
    ): Promise<Outcome> => {
      const kind = kindOf(target.type);
      const computed: Properties = Object.fromEntries(
        Object.keys(kind.computed.shape).map((name) => [name, unknown]),
      );
      const isKnown = !containsUnknown(inputs.values);
      const planned: Properties = isKnown ? (kind.plan?.(inputs.values, state) ?? {}) : {};
      if (isKnown) await kind.forecast?.(inputs.values, contextOf(target));
      return outcome(kind, { id, state: { ...inputs.values, ...computed, ...planned } }, [inputs]);
    },

    create: (target, inputs) => {
      const kind = kindOf(target.type);
      return withSecrets(kind, [inputs], async () =>
        outcome(kind, await kind.create(inputs.values, contextOf(target)), [inputs]),
      );
    },

    read: async (
      target: Target,
      id: string,
      state: Decoded,
      inputs: Decoded,
    ): Promise<Outcome | undefined> => {
      const kind = kindOf(target.type);
      const isImport = Object.keys(state.values).length === 0;
      const known = isImport ? {} : withWishes(kind, state.values, inputs.values);
      const found = await kind.read(
        id,
        isImport ? undefined : known,
        contextOf(target),
        Object.keys(inputs.values).length === 0 ? undefined : inputs.values,
      );
      if (found === undefined) return undefined;
      return outcome(kind, without(openWishes(kind, known), found), [state, inputs]);
    },

    update: (target, id, state, inputs) => {
      const kind = kindOf(target.type);
      return withSecrets(kind, [state, inputs], async () => {
        const updated = await kind.update(id, state.values, inputs.values, contextOf(target));
        return outcome(kind, { id, state: updated }, [inputs]);
      });
    },

    delete: async (target: Target, id: string, state: Properties, inputs: Properties = {}): Promise<void> => {
      const kind = kindOf(target.type);
      const known = withWishes(kind, state, inputs);
      const context = contextOf(target);
      if (!openWishes(kind, known).includes("onDestroy")) return kind.delete(id, known, context);
      context.log(
        "warning",
        `${id} stays: after an import only the next \`pulumi up\` tells what a destroy is to do (onDestroy), and there was none. Remove it by hand, or import it again and run \`pulumi up\` before the destroy.`,
      );
    },

    cancel: (): void => {
      cancellation.abort(
        new ProviderError({
          service: "flymon",
          attempted: "going on",
          answer: "the run was interrupted",
          mend: "Run `pulumi up` again: it goes on from here.",
        }),
      );
    },
  };
};

export interface DiffInput {
  readonly state: Properties;
  readonly oldInputs: Properties;
  readonly newInputs: Properties;
  readonly ignoreChanges: readonly string[];
}

const secretsOf = ({ flyToken, ...others }: Configuration): string[] =>
  [
    others.slackToken,
    others.betterStackToken,
    others.uptimeRobotToken,
    others.sentryToken,
    ...(flyToken?.replace(/^(FlyV1|Bearer) /, "").split(",") ?? []),
  ].filter((secret) => secret !== undefined);

const exposedSecrets = (kind: ResourceKind, { secretPaths }: Decoded): Failure[] =>
  [...secretPaths]
    .filter((path) => kind.openInputs.some((name) => isWithin(path, name)))
    .map((property) => ({
      property,
      reason:
        "is a secret and would be written in the open; name an environment variable there instead (${NAME}) and give the program that reads it the value",
    }));

const secretPaths = (
  kind: ResourceKind,
  state: Properties,
  sources: readonly Decoded[],
): ReadonlySet<string> =>
  new Set([
    ...sources.flatMap((source) => [...source.secretPaths]),
    ...kind.secretOutputs,
    ...(kind.secretInputs?.(state) ?? []),
  ]);

/** A state with the wishes of the inputs, where an import has left them open. */
const withWishes = ({ wishes = [] }: ResourceKind, state: Properties, inputs: Properties): Properties => ({
  ...Object.fromEntries(wishes.map((name) => [name, inputs[name]])),
  ...state,
});

/** The wishes that no declaration has told yet. */
const openWishes = ({ wishes = [] }: ResourceKind, known: Properties): readonly string[] =>
  wishes.filter((name) => known[name] === undefined);

const without = (names: readonly string[], found: Found<Properties>): Found<Properties> => ({
  ...found,
  state: Object.fromEntries(Object.entries(found.state).filter(([name]) => !names.includes(name))),
});

/** Marks the secrets also in the state of what was made or changed only in part, and so may hold former values. */
const withSecrets = async (
  kind: ResourceKind,
  sources: readonly Decoded[],
  act: () => Promise<Outcome>,
): Promise<Outcome> => {
  try {
    return await act();
  } catch (error) {
    throw error instanceof PartialFailure
      ? error.withSecrets(secretPaths(kind, error.state, sources))
      : error;
  }
};

const outcome = (
  kind: ResourceKind,
  { id, state, inputs, secretPaths: found = [] }: Found<Properties>,
  sources: readonly Decoded[],
): Outcome => ({
  id,
  state,
  inputs:
    inputs ??
    Object.fromEntries(
      Object.keys(kind.inputs.shape).flatMap((name) =>
        state[name] === undefined ? [] : [[name, state[name]]],
      ),
    ),
  secretPaths: new Set([...secretPaths(kind, state, sources), ...found]),
});

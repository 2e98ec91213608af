import { PartialFailure } from "../../infra/provider/errors";
import type { PropertyChange } from "../../infra/provider/diff";
import { createProvider, type Provider } from "../../infra/provider/provider";
import type { Decoded, Properties } from "../../infra/provider/properties";
import { createRedactor } from "../../infra/provider/redact";
import type { ResourceKind } from "../../infra/provider/resource";

/** What the engine keeps of a resource. */
export interface Kept {
  readonly type: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly state: Properties;
  /** Whether the last operation ended with reasons, so that the next `up` updates in any case. */
  readonly isPartial: boolean;
}

export interface Run {
  readonly provider: Provider;
  readonly logged: string[];
}

/** The engine's part in the life of resources: check, diff, create, update, replace, read, delete, and its state. */
export interface MiniEngine {
  readonly kept: Map<string, Kept>;
  /** What the next `up` would do; undefined for nothing, "create" for a new one. */
  readonly preview: (name: string, type: string, inputs: Properties) => readonly PropertyChange[] | "create";
  readonly up: (name: string, type: string, inputs: Properties) => Promise<void>;
  readonly refresh: (name: string) => Promise<void>;
  readonly importing: (name: string, type: string, id: string) => Promise<boolean>;
  readonly destroy: (name: string) => Promise<void>;
  /** Begins a new run: a process that remembers nothing. */
  readonly restart: () => void;
  readonly logged: string[];
}

const decoded = (values: Properties): Decoded => ({ values, secretPaths: new Set(), secretTexts: [] });

export const miniEngine = (
  kindsOfRun: () => readonly ResourceKind[],
  configuration: Properties,
): MiniEngine => {
  const kept = new Map<string, Kept>();
  const logged: string[] = [];
  /** Replaced ones that are still to be deleted; the engine keeps them in the state until it has. */
  const replaced: { name: string; old: Kept }[] = [];
  let provider: Provider | undefined;
  const restart = (): void => {
    provider = createProvider({
      kinds: kindsOfRun(),
      environment: {},
      projectRoot: "/",
      redactor: createRedactor(),
      log: (severity, message) => logged.push(`${severity}: ${message}`),
    });
    provider.configure(configuration);
  };
  restart();
  const running = (): Provider => provider as Provider;
  const target = (type: string, name: string) => ({
    type,
    urn: `urn:pulumi:test::test::${type}::${name}`,
    timeout: 0,
  });

  const checked = (type: string, inputs: Properties, former?: Properties): Properties => {
    const { properties, failures } = running().check(type, decoded(inputs), former);
    if (failures.length > 0)
      throw new Error(failures.map(({ property, reason }) => `${property} ${reason}`).join("; "));
    return properties;
  };
  const difference = (old: Kept, inputs: Properties): PropertyChange[] =>
    running().diff(old.type, {
      state: old.state,
      oldInputs: old.inputs,
      newInputs: inputs,
      ignoreChanges: [],
    });

  const create = async (name: string, type: string, inputs: Properties): Promise<void> => {
    try {
      const { id, state } = await running().create(target(type, name), decoded(inputs));
      kept.set(name, { type, id, inputs, state, isPartial: false });
    } catch (error) {
      if (error instanceof PartialFailure)
        kept.set(name, { type, id: error.id, inputs, state: error.state, isPartial: true });
      throw error;
    }
  };

  const deleteReplaced = async (name: string): Promise<void> => {
    for (const entry of replaced.filter((candidate) => candidate.name === name)) {
      await running().delete(target(entry.old.type, name), entry.old.id, entry.old.state);
      replaced.splice(replaced.indexOf(entry), 1);
    }
  };

  return {
    kept,
    logged,
    restart,
    preview: (name, type, raw) => {
      const old = kept.get(name);
      return old === undefined ? "create" : difference(old, checked(type, raw, old.inputs));
    },
    up: async (name, type, raw) => {
      const old = kept.get(name);
      const inputs = checked(type, raw, old?.inputs);
      await deleteReplaced(name);
      if (old === undefined) {
        await create(name, type, inputs);
        return;
      }
      const changes = difference(old, inputs);
      if (changes.some(({ replaces }) => replaces)) {
        try {
          await create(name, type, inputs);
        } finally {
          if (kept.get(name) !== old) replaced.push({ name, old });
        }
        await deleteReplaced(name);
      } else if (changes.length > 0 || old.isPartial) {
        try {
          const { state } = await running().update(
            target(type, name),
            old.id,
            decoded(old.state),
            decoded(inputs),
          );
          kept.set(name, { ...old, inputs, state, isPartial: false });
        } catch (error) {
          if (error instanceof PartialFailure)
            kept.set(name, { ...old, inputs, state: error.state, isPartial: true });
          throw error;
        }
      }
    },
    refresh: async (name) => {
      const old = kept.get(name);
      if (old === undefined) return;
      const found = await running().read(
        target(old.type, name),
        old.id,
        decoded(old.state),
        decoded(old.inputs),
      );
      if (found === undefined) kept.delete(name);
      else kept.set(name, { ...old, state: found.state, inputs: found.inputs });
    },
    importing: async (name, type, id) => {
      const found = await running().read(target(type, name), id, decoded({}), decoded({}));
      if (found === undefined) return false;
      kept.set(name, { type, id: found.id, inputs: found.inputs, state: found.state, isPartial: false });
      return true;
    },
    destroy: async (name) => {
      const old = kept.get(name);
      if (old === undefined) return;
      await running().delete(target(old.type, name), old.id, old.state);
      kept.delete(name);
    },
  };
};

import type { MachineInputs, PlatformAppInputs, VolumeInputs } from "../../infra/model/fly-resources";
import { PartialFailure } from "../../infra/provider/errors";
import { appKind } from "../../infra/provider/fly/app/app";
import { machineKind } from "../../infra/provider/fly/machine/machine";
import type { Transport } from "../../infra/provider/fly/transport";
import { volumeKind } from "../../infra/provider/fly/volume/volume";
import { formatPath } from "../../infra/provider/property-path";
import type { Decoded, Properties } from "../../infra/provider/properties";
import { createProvider, type Outcome, type Provider } from "../../infra/provider/provider";
import { createRedactor } from "../../infra/provider/redact";
import type { FakeFly } from "./fake-machines-api";
import { token } from "./machine-settings-kit";
import type { VirtualClock } from "./virtual-clock";

// A small engine over the provider and the fake Machines API: a state, ups, refreshes and destroys, and kills.

/** A resource of a program; a function is asked when what it needs is there. */
export interface Declared {
  readonly type: "App" | "Volume" | "Machine";
  readonly name: string;
  readonly inputs: Properties | ((idOf: (name: string) => string) => Properties);
  /** Paths of inputs that are secret. */
  readonly secrets?: readonly string[];
}

interface Stored {
  readonly type: Declared["type"];
  readonly id: string;
  readonly state: Properties;
  readonly inputs: Properties;
  readonly secretPaths: ReadonlySet<string>;
  /** Why it is not as declared, after a failure. */
  readonly initErrors: boolean;
}

/** What survives a killed run. */
export type Stack = Map<string, Stored>;

/** What one run does with the resources: "create", "update", "replace", "delete"; and how each failed. */
export interface RunResult {
  readonly operations: ReadonlyMap<string, string>;
  readonly paths: ReadonlyMap<string, readonly string[]>;
  readonly failures: readonly string[];
  readonly logged: readonly string[];
}

const none: Decoded = { values: {}, secretPaths: new Set(), secretTexts: [] };
const typeOf = ({ type }: Pick<Declared, "type">): string => `flymon:fly:${type}`;
const order: readonly Declared["type"][] = ["App", "Volume", "Machine"];

/** A run of the provider's process, with a memory of its own. */
export interface Run {
  readonly provider: Provider;
  readonly up: (program: readonly Declared[]) => Promise<RunResult>;
  readonly refresh: () => Promise<RunResult>;
  readonly destroy: () => Promise<RunResult>;
  /** What a preview of a new resource tells. */
  readonly preview: (type: Declared["type"], inputs: Properties) => Promise<string>;
  /** What an import finds. */
  readonly read: (type: Declared["type"], id: string) => Promise<Outcome | undefined>;
}

export const newRun = (
  fly: FakeFly,
  clock: VirtualClock,
  stack: Stack,
  transport: Transport = fly.transport,
): Run => {
  const world = { transport, clock };
  const logged: string[] = [];
  const redactor = createRedactor();
  const provider: Provider = createProvider({
    kinds: [appKind(world), volumeKind(world), machineKind(world)],
    environment: {},
    projectRoot: "/",
    redactor,
    log: (severity, message) => logged.push(`${severity}: ${message}`),
  });
  provider.configure({ flyToken: token, flyApiUrl: "http://fly.test" });
  const operations = new Map<string, string>();
  const paths = new Map<string, readonly string[]>();
  const failures: string[] = [];

  const targetOf = (resource: Pick<Declared, "type" | "name">) => ({
    type: typeOf(resource),
    urn: `urn:pulumi:test::tower::${typeOf(resource)}::${resource.name}`,
    timeout: 0,
  });
  const idOf = (name: string): string => stack.get(name)?.id ?? "";
  const decoded = (values: Properties, secretPaths: Iterable<string> = []): Decoded => ({
    values,
    secretPaths: new Set(secretPaths),
    secretTexts: [],
  });

  const store = async (resource: Declared, inputs: Decoded, act: () => Promise<Outcome>): Promise<void> => {
    const { type, name } = resource;
    try {
      const { id, state, secretPaths } = await act();
      stack.set(name, { type, id, state, inputs: inputs.values, secretPaths, initErrors: false });
    } catch (error) {
      if (error instanceof PartialFailure) {
        const { id, state, secretPaths } = error;
        stack.set(name, { type, id, state, inputs: inputs.values, secretPaths, initErrors: true });
      }
      throw error;
    }
  };

  const apply = async (resource: Declared): Promise<void> => {
    const { name } = resource;
    const target = targetOf(resource);
    const before = stack.get(name);
    const given = typeof resource.inputs === "function" ? resource.inputs(idOf) : resource.inputs;
    const checked = provider.check(target.type, decoded(given, resource.secrets), before?.inputs);
    if (checked.failures.length > 0) throw new Error(JSON.stringify(checked.failures));
    const inputs = decoded(checked.properties, resource.secrets);
    if (before === undefined) {
      operations.set(name, "create");
      await store(resource, inputs, () => provider.create(target, inputs));
      return;
    }
    const request = {
      state: before.state,
      oldInputs: before.inputs,
      newInputs: inputs.values,
      ignoreChanges: [],
    };
    const changes = provider.diff(target.type, request);
    if (changes.length > 0) paths.set(name, changes.map(({ path }) => path).sort());
    if (changes.length === 0 && !before.initErrors) return;
    if (!changes.some(({ replaces }) => replaces)) {
      operations.set(name, "update");
      const state = decoded(before.state, before.secretPaths);
      await store(resource, inputs, () => provider.update(target, before.id, state, inputs));
      return;
    }
    operations.set(name, "replace");
    const remove = () => provider.delete(target, before.id, before.state, before.inputs);
    if (provider.mustGoFirst(target.type, request)) {
      await remove();
      stack.delete(name);
      await store(resource, inputs, () => provider.create(target, inputs));
    } else {
      await store(resource, inputs, () => provider.create(target, inputs));
      await remove();
    }
  };

  const remove = async (name: string, stored: Stored): Promise<void> => {
    operations.set(name, "delete");
    const target = targetOf({ type: stored.type, name });
    await provider.delete(target, stored.id, stored.state, stored.inputs);
    stack.delete(name);
  };

  /** All of a kind side by side, one kind after the other; what depends on a failed one is not tried. */
  const inTurn = async <Item>(
    groups: readonly (readonly Item[])[],
    act: (item: Item) => Promise<void>,
  ): Promise<void> => {
    for (const group of groups) {
      const results = await Promise.allSettled(group.map(act));
      for (const result of results) if (result.status === "rejected") failures.push(messageOf(result.reason));
      if (failures.length > 0) return;
    }
  };
  const messageOf = (reason: unknown): string =>
    redactor.redact(reason instanceof Error ? reason.message : String(reason));
  const result = (): RunResult => ({ operations, paths, failures, logged });
  const learn = (program: readonly Declared[]): void => {
    for (const { secrets = [], inputs } of program) {
      if (secrets.length > 0 && typeof inputs !== "function") redactor.learn(textsAt(inputs, secrets));
    }
  };

  return {
    provider,
    up: async (program: readonly Declared[]): Promise<RunResult> => {
      learn(program);
      const unwanted = [...stack].filter(([name]) => !program.some((resource) => resource.name === name));
      await inTurn(
        order.map((type) => program.filter((resource) => resource.type === type)),
        apply,
      );
      if (failures.length === 0) {
        await inTurn(
          order.toReversed().map((type) => unwanted.filter(([, stored]) => stored.type === type)),
          ([name, stored]) => remove(name, stored),
        );
      }
      return result();
    },
    refresh: async (): Promise<RunResult> => {
      for (const [name, stored] of [...stack]) {
        const { type, id, state, inputs, secretPaths } = stored;
        const found = await provider.read(
          targetOf({ type, name }),
          id,
          decoded(state, secretPaths),
          decoded(inputs, secretPaths),
        );
        if (found === undefined) stack.delete(name);
        else stack.set(name, { ...stored, state: found.state, secretPaths: found.secretPaths });
      }
      return result();
    },
    destroy: async (): Promise<RunResult> => {
      await inTurn(
        order.toReversed().map((type) => [...stack].filter(([, stored]) => stored.type === type)),
        ([name, stored]) => remove(name, stored),
      );
      return result();
    },
    preview: async (type, inputs) => {
      await provider.preview(targetOf({ type, name: "new" }), "", undefined, decoded(inputs));
      return logged.join("\n");
    },
    read: (type: Declared["type"], id: string) =>
      provider.read(targetOf({ type, name: "imported" }), id, none, none),
  };
};

const textsAt = (inputs: Properties, paths: readonly string[]): string[] => {
  const texts: string[] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (typeof value === "string" && paths.includes(formatPath(path))) texts.push(value);
    if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
    }
  };
  walk(inputs, []);
  return texts;
};

export const app = (changes: Partial<PlatformAppInputs> = {}): Declared => ({
  type: "App",
  name: "app",
  inputs: { name: "shop", org: "acme", ...changes },
});

export const volume = (name = "data", changes: Partial<VolumeInputs> = {}): Declared => ({
  type: "Volume",
  name,
  inputs: { app: "shop", name, region: "ord", sizeGb: 3, onDestroy: "delete", ...changes },
});

export const machineInputs = (name: string, changes: Partial<MachineInputs> = {}): MachineInputs => ({
  app: "shop",
  name,
  region: "ord",
  image: "registry.fly.io/echo:1",
  cpuKind: "shared",
  cpus: 1,
  memory: "256mb",
  env: { PORT: "8080" },
  files: { "/etc/flymon/config.yaml": { content: "a: 1\n" } },
  processGroup: name,
  checks: { alive: { type: "http", port: 8080, path: "/health", interval: "15s", timeout: "2s" } },
  waitTimeout: "1m",
  ...changes,
});

export const machine = (name = "web", changes: Partial<MachineInputs> = {}, mounted?: string): Declared => ({
  type: "Machine",
  name,
  inputs:
    mounted === undefined
      ? machineInputs(name, changes)
      : (idOf) => machineInputs(name, { ...changes, mount: { volumeId: idOf(mounted), path: "/data" } }),
});

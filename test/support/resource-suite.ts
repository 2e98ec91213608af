import { describe, expect, it } from "vitest";
import { resourceKinds } from "../../infra/provider/registry";
import { programOf, projectOf, type DeclaredResource } from "./declared-program";
import { withStack, type Run, type StackOptions, type TestStack } from "./engine";
import { expectNoSecrets, expectOutcomes, ok, operationOn, toldBy } from "./run-outcomes";
import { declaredBy, outcomesOfChange, outcomesOfMending, type Outcomes, type SuiteRow } from "./suite-rows";

export * from "./declared-program";
export type * from "./suite-rows";

// What every custom resource must do under the real CLI, as one suite that tables fill: made once, empty differences,
// each change named exactly, drift seen and mended, imported without a difference, gone when destroyed, and no secret
// anywhere. One stack carries all rows of a service, and each run changes one property of each row.

/** What the resources are applied to. */
export interface SuiteService {
  readonly options: StackOptions;
  /** Settings of the provider's under which it knows no credentials. */
  readonly withoutCredentials: StackOptions;
  /** Everything that is there: the same before the resources are made and after they are gone. */
  readonly inventory: () => Promise<unknown>;
  /** What is secret by itself: the token, the addresses of heartbeats. Asked while everything is there. */
  readonly secrets: () => Promise<readonly string[]>;
}

export interface Suite {
  /** The part of types between the colons: "slack". */
  readonly module: string;
  readonly service: () => SuiteService;
  /** @param tag ends every name, so that no test finds what another has left */
  readonly rows: (tag: string) => readonly SuiteRow[];
  /** Inputs that no row changes, by type, each with the reason. */
  readonly unchanged?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Types of the module that have no row, each with the reason. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

const timeoutMs = 480_000;

const expectQuiet = async (stack: TestStack, after: string, ...looks: readonly string[]): Promise<void> => {
  const run = await stack.preview("--diff", "--expect-no-changes", ...looks);
  expect(run.exitCode, `a preview after ${after} must be empty:\n${run.output}`).toBe(0);
};

const idsIn = async (stack: TestStack): Promise<(name: string) => string> => {
  const { resources } = await stack.export();
  return (name) => {
    const found = resources.find(({ urn }) => urn.endsWith(`::${name}`))?.id;
    if (found === undefined) throw new Error(`${name} is not in the state`);
    return found;
  };
};

const allSecrets = async (rows: readonly SuiteRow[], service: SuiteService): Promise<readonly string[]> => [
  ...rows.flatMap(({ secrets = [] }) => secrets),
  ...(await service.secrets()),
];

/** Makes, changes, mends and removes all rows. */
const liveThrough = async (
  stack: TestStack,
  rows: readonly SuiteRow[],
  service: SuiteService,
): Promise<void> => {
  const before = await service.inventory();
  const told: string[] = [];
  const all = declaredBy(rows);
  const step = async (what: string, run: Promise<Run>, wanted?: Outcomes): Promise<void> => {
    const done = ok(await run, what);
    told.push(toldBy(done));
    if (wanted !== undefined) expectOutcomes(what, done, all, wanted);
  };
  const made = new Map(all.map(({ name }) => [name, { operation: "create", shows: [] }]));
  await step("the first up", stack.up("--diff"), made);
  await expectQuiet(stack, "the first up", "--refresh");

  const steps = Math.max(...rows.map(({ changes }) => changes.length));
  for (let index = 0; index < steps; index += 1) {
    stack.rewrite(programOf(declaredBy(rows, index + 1)));
    await step(`the changes ${String(index + 1)}`, stack.up("--diff"), outcomesOfChange(rows, index));
  }
  await expectQuiet(stack, "all changes", "--refresh");

  const idOf = await idsIn(stack);
  for (const { name, outside } of rows) await outside?.act(idOf(name));
  await step("refresh", stack.refresh("--diff"));
  await step("mending", stack.up("--diff"), outcomesOfMending(rows));
  await expectQuiet(stack, "mending", "--refresh");

  expectNoSecrets(await allSecrets(rows, service), [(await stack.export()).text, ...told]);
  await step("destroy", stack.destroy());
  expect(await service.inventory()).toEqual(before);
};

const imported = ({ importId, ...resource }: DeclaredResource): DeclaredResource =>
  importId === undefined ? resource : { ...resource, import: importId };

/** Makes all rows, and takes them into another stack as they are. */
const importAll = async (
  first: TestStack,
  rows: readonly SuiteRow[],
  service: SuiteService,
): Promise<void> => {
  const before = await service.inventory();
  ok(await first.up(), "up");
  const all = declaredBy(rows).map(imported);
  await withStack(
    projectOf(all),
    async (second) => {
      const run = ok(await second.up("--diff"), "import");
      expect(all.filter(({ name }) => operationOn(run, name) !== "import").map(({ name }) => name)).toEqual(
        [],
      );
      await expectQuiet(second, "the import");
      // Only this tells the engine what is declared beside what the import has found.
      const again = ok(await second.up("--diff"), "up after the import");
      expectOutcomes("up after the import", again, all, new Map());
      await expectQuiet(second, "the import and an up", "--refresh");
      // The engine's events of an import have the program's inputs as the provider has not seen them yet.
      expectNoSecrets(await allSecrets(rows, service), [(await second.export()).text, run.output]);
    },
    service.options,
  );
  ok(await first.destroy(), "destroy");
  expect(await service.inventory()).toEqual(before);
};

/** What rows try of their kinds, against all that there is. */
const expectNothingLeftOut = (
  rows: readonly SuiteRow[],
  { module, unchanged = {}, elsewhere = {} }: Suite,
): void => {
  const kinds = resourceKinds.filter(({ type }) => type.startsWith(`flymon:${module}:`));
  const tried = kinds.map(({ type, inputs }) => {
    const own = rows.filter((row) => row.type === type);
    const changed = own.flatMap(({ changes }) =>
      changes.flatMap(({ property, also = {} }) => [property, ...Object.keys(also)]),
    );
    return {
      type,
      hasRows: own.length > 0,
      unchanged: Object.keys(inputs.shape)
        .filter((name) => own.length > 0 && !changed.includes(name))
        .sort(),
      isImported: own.some(({ importId }) => importId !== undefined),
      isMended: own.some(({ outside }) => outside !== undefined),
    };
  });
  const wanted = kinds.map(({ type }) => {
    const hasRows = elsewhere[type] === undefined;
    const left = Object.keys(unchanged[type] ?? {}).sort();
    return { type, hasRows, unchanged: left, isImported: hasRows, isMended: hasRows };
  });
  expect(tried).toEqual(wanted);
  expect(new Set(rows.map(({ name }) => name)).size, "each row has a name of its own").toBe(rows.length);
};

/** Most of a run is waiting for the service, and the engine's own bound goes by the computer's cores. */
const sideBySide = (service: SuiteService): SuiteService => ({
  ...service,
  options: { ...service.options, env: { ...service.options.env, PULUMI_PARALLEL: "64" } },
});

/** Adds the tests of a service's rows; its functions are asked once a test runs. */
export const resourceSuite = (suite: Suite): void => {
  let tests = 0;
  const freshRows = (): readonly SuiteRow[] => suite.rows(String((tests += 1)));

  describe("all kinds", () => {
    it("have every input changed by some row, and are mended and imported", () => {
      expectNothingLeftOut(freshRows(), suite);
    });

    it("are previewed without credentials", async () => {
      const rows = freshRows();
      const all = declaredBy(rows);
      await withStack(
        projectOf(all),
        async (stack) => {
          const run = ok(await stack.preview("--diff"), "preview");
          expect(all.filter(({ name }) => operationOn(run, name) !== "create")).toEqual([]);
          expectNoSecrets(
            rows.flatMap(({ secrets = [] }) => secrets),
            [toldBy(run)],
          );
        },
        suite.service().withoutCredentials,
      );
    });

    it(
      "are made, changed property by property, mended after changes outside, and gone after destroy",
      async () => {
        const rows = freshRows();
        const service = sideBySide(suite.service());
        const project = projectOf(declaredBy(rows));
        await withStack(project, (stack) => liveThrough(stack, rows, service), service.options);
      },
      timeoutMs,
    );

    it(
      "are imported without a difference",
      async () => {
        const rows = freshRows().filter(({ importId }) => importId !== undefined);
        const service = sideBySide(suite.service());
        const project = projectOf(declaredBy(rows));
        await withStack(project, (stack) => importAll(stack, rows, service), service.options);
      },
      timeoutMs,
    );
  });
};

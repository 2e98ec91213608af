import path from "node:path";
import { expect, it } from "vitest";
import { repositoryRoot } from "../../toolchain/root";
import { withStack, type InlineProgram, type Run, type StackOptions, type TestStack } from "./engine";

// What every custom resource must do under the real CLI, as one suite that a table fills: made once, empty
// differences, each change named exactly, drift seen and mended, imported without a difference, gone when destroyed,
// and no secret anywhere.

/** A value of a resource's inputs; {@link secret} and {@link output} stand for what JSON has no word for. */
export type InputValue =
  string | number | boolean | readonly InputValue[] | { readonly [key: string]: InputValue };
export type Inputs = { readonly [name: string]: InputValue };

/** A secret of the program. */
export const secret = (text: string): InputValue => ({ $secret: text });
/** An output of another resource of the program. */
export const output = (resource: string, property: string): InputValue => ({ $output: [resource, property] });

export interface DeclaredResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Inputs;
  /** Computed properties that other resources use. */
  readonly computed?: readonly string[];
  /** Names of resources of the program that must be there first. */
  readonly dependsOn?: readonly string[];
  readonly import?: string;
  /** What a user would type to import it. */
  readonly importId?: string;
}

/** A Pulumi program of these resources, in this order. */
export const programOf = (resources: readonly DeclaredResource[]): string => `
const pulumi = require("@pulumi/pulumi");
const made = {};
const value = (v) => {
  if (Array.isArray(v)) return v.map(value);
  if (typeof v !== "object" || v === null) return v;
  if (v.$secret !== undefined) return pulumi.secret(v.$secret);
  if (v.$output !== undefined) return made[v.$output[0]][v.$output[1]];
  return Object.fromEntries(Object.entries(v).map(([key, item]) => [key, value(item)]));
};
for (const { type, name, inputs, computed = [], dependsOn = [], import: id } of ${JSON.stringify(resources)}) {
  const outputs = Object.fromEntries(computed.map((key) => [key, undefined]));
  made[name] = new (class extends pulumi.CustomResource {})(
    type, name, { ...value(inputs), ...outputs }, { import: id, dependsOn: dependsOn.map((other) => made[other]) },
  );
}
`;

export const projectOf = (resources: readonly DeclaredResource[]): InlineProgram => ({
  program: programOf(resources),
  files: {
    "Pulumi.yaml": [
      "name: engine-test",
      "runtime: { name: nodejs, options: { typescript: false } }",
      `plugins: { providers: [{ name: flymon, path: ${JSON.stringify(path.join(repositoryRoot, "infra/provider"))} }] }`,
    ].join("\n"),
  },
});

interface StepDetails {
  readonly urn: string;
  readonly op: string;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
}

const stepsOf = ({ events }: Run, name: string): readonly StepDetails[] =>
  events
    .map(({ resourcePreEvent }) => resourcePreEvent?.metadata as StepDetails | undefined)
    .filter((step) => step !== undefined)
    .filter(({ urn }) => urn.endsWith(`::${name}`));

/** What an operation does with a resource, step by step: "same", "update", "delete-replaced". */
export const operationsOn = (run: Run, name: string): readonly string[] =>
  stepsOf(run, name).map(({ op }) => op);

/** The properties that an operation's difference names, in the engine's notation. */
export const pathsOf = (run: Run, name: string): readonly string[] => [
  ...new Set(stepsOf(run, name).flatMap(({ detailedDiff }) => Object.keys(detailedDiff ?? {}).sort())),
];

/** A property that gets another value. */
export interface PropertyChange {
  readonly property: string;
  readonly value: InputValue | undefined;
  /** What the difference must name and nothing else; the property itself where absent. */
  readonly paths?: readonly string[];
  /** Whether the resource must be made anew for it. */
  readonly replaces?: boolean;
}

export interface SuiteRow {
  readonly title: string;
  readonly type: string;
  readonly inputs: Inputs;
  /** What must be there before it. */
  readonly needs?: readonly DeclaredResource[];
  /** Each is applied on top of those before it. */
  readonly changes: readonly PropertyChange[];
  /** Somebody changes it by hand, from the state that the changes lead to. */
  readonly outside?: { readonly act: () => Promise<void>; readonly paths: readonly string[] };
  /** What a user would type to import it as it is at first. */
  readonly importId: string;
  /** Must throw where something is left behind. */
  readonly expectGone: () => Promise<void> | void;
  /** Texts that may stand nowhere in the state and in what is printed. */
  readonly secrets?: readonly string[];
  /** Bound of each test that applies something, ms. */
  readonly timeoutMs?: number;
}

/** What the resources are applied to. */
export interface SuiteService {
  readonly options: StackOptions;
  /** Settings of the provider's under which it knows no credentials. */
  readonly withoutCredentials: StackOptions;
}

const subject = "subject";

const ok = (run: Run, what: string): Run => {
  expect(run.exitCode, `${what}:\n${run.output}`).toBe(0);
  expect(run.output, what).not.toMatch(/^\s+at .*:\d+/m);
  return run;
};

const noSecretsIn = (text: string, { secrets = [] }: SuiteRow): void => {
  for (const known of secrets) {
    expect(text).not.toContain(known);
    expect(text).not.toContain(Buffer.from(known).toString("base64"));
  }
};

const changed = (inputs: Inputs, { property, value }: PropertyChange): Inputs => {
  const { [property]: _, ...rest } = inputs;
  return value === undefined ? rest : { ...rest, [property]: value };
};

/** Adds the tests of one row; `service` is asked once the test runs. */
export const resourceSuite = (row: SuiteRow, service: () => SuiteService): void => {
  const { title, type, needs = [], timeoutMs = 240_000 } = row;
  const declared = (inputs: Inputs, more: Partial<DeclaredResource> = {}): readonly DeclaredResource[] => [
    ...needs,
    { type, name: subject, inputs, dependsOn: needs.map(({ name }) => name), ...more },
  ];
  const quiet = async (stack: TestStack, after: string): Promise<void> => {
    const run = await stack.preview("--diff", "--expect-no-changes");
    expect(run.exitCode, `a preview after ${after} must be empty:\n${run.output}`).toBe(0);
  };

  it(
    `${title} is previewed without credentials`,
    () =>
      withStack(
        projectOf(declared(row.inputs)),
        async (stack) => {
          const run = ok(await stack.preview("--diff"), "preview");
          expect(operationsOn(run, subject)).toContain("create");
          noSecretsIn(run.output, row);
        },
        service().withoutCredentials,
      ),
    60_000,
  );

  it(
    `${title} is made, changed property by property, mended after a change outside, and gone after destroy`,
    () =>
      withStack(
        projectOf(declared(row.inputs)),
        async (stack) => {
          const outputs: string[] = [];
          const step = async (run: Promise<Run>, what: string): Promise<Run> => {
            const done = ok(await run, what);
            outputs.push(done.output);
            return done;
          };
          expect(operationsOn(await step(stack.up("--diff"), "up"), subject)).toEqual(["create"]);
          await quiet(stack, "the first up");

          let { inputs } = row;
          for (const change of row.changes) {
            const { property, paths = [property], replaces = false } = change;
            inputs = changed(inputs, change);
            stack.rewrite(programOf(declared(inputs)));
            const run = await step(stack.up("--diff"), `changing ${property}`);
            expect({ property, paths: pathsOf(run, subject) }).toEqual({
              property,
              paths: [...paths].sort(),
            });
            const operations = operationsOn(run, subject);
            expect({ property, replaces: operations.some((op) => op.includes("replace")) }).toEqual({
              property,
              replaces,
            });
          }
          await quiet(stack, "all changes");

          if (row.outside !== undefined) {
            await row.outside.act();
            await step(stack.refresh("--diff"), "refresh");
            const mended = await step(stack.up("--diff"), "up after a change outside");
            expect(pathsOf(mended, subject)).toEqual([...row.outside.paths].sort());
            await quiet(stack, "mending");
          }
          noSecretsIn((await stack.export()).text + outputs.join("\n"), row);
          await step(stack.destroy(), "destroy");
          await row.expectGone();
        },
        service().options,
      ),
    timeoutMs,
  );

  it(
    `${title} is imported without a difference`,
    () =>
      withStack(
        projectOf(declared(row.inputs)),
        async (first) => {
          ok(await first.up(), "up");
          await withStack(
            projectOf(
              declared(row.inputs, { importId: row.importId }).map(({ importId, ...resource }) =>
                importId === undefined ? resource : { ...resource, import: importId },
              ),
            ),
            async (second) => {
              const run = ok(await second.up("--diff"), "import");
              expect(operationsOn(run, subject)).toContain("import");
              await quiet(second, "the import");
              noSecretsIn((await second.export()).text + run.output, row);
            },
            service().options,
          );
          ok(await first.destroy(), "destroy");
          await row.expectGone();
        },
        service().options,
      ),
    timeoutMs,
  );
};

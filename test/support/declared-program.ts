import path from "node:path";
import type { Properties, Value } from "../../infra/provider/properties";
import { repositoryRoot } from "../../toolchain/root";
import type { InlineProgram, Run } from "./engine";

// Pulumi programs out of a list of resources, and what a run did with each of them.

/** A secret of the program. */
export const secret = (text: string): Value => ({ $secret: text });
/** An output of another resource of the program. */
export const output = (resource: string, property: string): Value => ({ $output: [resource, property] });

export interface DeclaredResource {
  readonly type: string;
  readonly name: string;
  /** {@link secret} and {@link output} stand for what JSON has no word for. */
  readonly inputs: Properties;
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

/** A project with the provider in it. */
export const projectWith = (program: string): InlineProgram => ({
  program,
  files: {
    "Pulumi.yaml": [
      "name: engine-test",
      "runtime: { name: nodejs, options: { typescript: false } }",
      `plugins: { providers: [{ name: flymon, path: ${JSON.stringify(path.join(repositoryRoot, "infra/provider"))} }] }`,
    ].join("\n"),
  },
});

export const projectOf = (resources: readonly DeclaredResource[]): InlineProgram =>
  projectWith(programOf(resources));

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

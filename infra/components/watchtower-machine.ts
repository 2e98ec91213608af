import * as pulumi from "@pulumi/pulumi";
import type { WatchtowerPartName } from "../model/watchtower";
import { watchtowerParts } from "../model/watchtower";
import type { PartMachine, WatchtowerSecret } from "../render/watchtower/machines";
import { guestPathOf, programPath, secretPaths } from "../render/watchtower/machines";
import type { FlyMachineArgs } from "./fly-platform";
import { ownProgram } from "./own-program";
import type { TextsArgs } from "./written-file";

/** The secrets themselves; a preview may lack some. */
export type PartSecrets = { readonly [Name in WatchtowerSecret]?: pulumi.Output<string> | undefined };

/** Variables of Gatus' environment that the declarations name. */
export type GatusVariables = Readonly<Record<string, pulumi.Output<string>>>;

export interface MachineOfPart {
  readonly part: WatchtowerPartName;
  readonly machine: PartMachine;
  readonly app: pulumi.Input<string>;
  readonly region: string;
  readonly volumeId: pulumi.Output<string> | undefined;
  /** Every written file of the stack; the part's own are placed in its machine. */
  readonly files: TextsArgs["files"];
  readonly secrets: PartSecrets;
  readonly variables: GatusVariables;
}

type File = { readonly content: pulumi.Input<string> };

const writtenFiles = ({ part, files }: MachineOfPart): [string, File][] =>
  Object.entries(files).flatMap(([path, text]) => {
    const place = guestPathOf(path);
    return place?.part === part ? [[place.guestPath, { content: text }]] : [];
  });

/** In its place in a preview that lacks it; what is on the machine then counts as unchanged. */
const absent = pulumi.secret("given at the apply");

const filesOf = (of: MachineOfPart): Record<string, File> =>
  Object.fromEntries([
    ...writtenFiles(of),
    ...(of.machine.isOwn ? [[programPath(of.part), { content: ownProgram(of.part) }] as const] : []),
    ...of.machine.secrets.map(
      (secret) => [secretPaths[secret], { content: of.secrets[secret] ?? absent }] as const,
    ),
  ]);

/** A part as a machine of the watchtower's app, found by its name and its process group. */
export const machineArgs = (of: MachineOfPart): FlyMachineArgs => {
  const { part, machine, app, region, volumeId, secrets } = of;
  const { image, ...runs } = watchtowerParts[part];
  const secretEnv = Object.entries(machine.secretEnv ?? {}).map(
    ([variable, secret]) => [variable, secrets[secret] ?? absent] as const,
  );
  return {
    app,
    name: part,
    processGroup: part,
    region,
    image,
    cpuKind: "shared",
    cpus: 1,
    memory: machine.memory,
    init: machine.init,
    env: { ...machine.env, ...Object.fromEntries(secretEnv), ...(part === "gatus" && of.variables) },
    files: filesOf(of),
    ...("volume" in runs && volumeId && { mount: { volumeId, path: runs.volume } }),
    checks: { alive: machine.check },
    restart: { policy: "always" },
    stopConfig: { timeout: machine.stopTimeout },
  };
};

/** The properties of a part's machine that a preview without these secrets cannot judge. */
export const absentSecrets = ({ secrets, secretEnv = {} }: PartMachine, known: PartSecrets): string[] => [
  ...secrets
    .filter((secret) => known[secret] === undefined)
    .map((secret) => `files[${JSON.stringify(secretPaths[secret])}]`),
  ...Object.entries(secretEnv)
    .filter(([, secret]) => known[secret] === undefined)
    .map(([variable]) => `env.${variable}`),
];

import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { MachineConfig } from "../model/config";
import { engineNamed, engineOfImage, programOf, type Engine } from "./engines";
import { placeOf, rewriting, type Surroundings } from "./rewriting";

/** A program as it is started. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Environment that it needs beside the machine's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Asked for, it shows what it has taken in. */
  readonly flush?: URL;
}

const decoded = (value: string | undefined): string => Buffer.from(value ?? "", "base64").toString();

/** Every text of a config that may speak of other machines. */
export const textsOf = (config: MachineConfig): readonly string[] => [
  ...(config.init?.exec ?? []),
  ...(config.init?.entrypoint ?? []),
  ...(config.init?.cmd ?? []),
  ...Object.values(config.env ?? {}),
  ...(config.files ?? []).map((file) => decoded(file.raw_value)),
];

/** Places the config's files[]. */
export const placeFiles = async (config: MachineConfig, around: Surroundings): Promise<void> => {
  const { file: rewritten } = rewriting(config, around);
  for (const { guest_path: guestPath, raw_value: raw, mode } of config.files ?? []) {
    const place = placeOf(guestPath, around);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, rewritten(guestPath, decoded(raw)), { mode: mode ?? 0o644 });
  }
};

/**
 * The engine that a config runs, with its arguments: `init.exec` alone, else `init.entrypoint` or the image's own with
 * `init.cmd`. None where the harness runs the image.
 */
export const engineOf = (
  config: MachineConfig,
): { readonly engine: Engine; readonly args: readonly string[] } | undefined => {
  const { exec, entrypoint, cmd } = config.init ?? {};
  const own = engineOfImage(config.image);
  const command = exec ?? (own && [...(entrypoint ?? []), ...(cmd ?? [])]);
  const [program = "", ...args] = command ?? [];
  const named = engineNamed(program);
  if (named !== undefined) return { engine: named, args };
  // The image's own entrypoint takes it all as arguments.
  return own && exec == null && entrypoint == null ? { engine: own, args: cmd ?? [] } : undefined;
};

/** The command of a config that runs an engine which is installed. */
export const commandOf = (config: MachineConfig, around: Surroundings): Command | undefined => {
  const found = engineOf(config);
  const file = found && programOf(found.engine);
  if (found === undefined || file === undefined) return undefined;
  const { engine, args } = found;
  const { word } = rewriting(config, around);
  const silent = Object.entries(engine.listens)
    .filter(([flag]) => !args.some((argument) => new RegExp(`^--?${flag}(?:=|$)`).test(argument)))
    .map(([flag, preset]) => `--${flag}=${preset}`);
  const words = [...args, ...silent].map(word);
  const flushed = flushOf(engine, words);
  return {
    file,
    args: [...words, ...(flushed?.args ?? [])],
    cwd: around.root,
    env: engine.listensBy === undefined ? {} : { [engine.listensBy]: around.address },
    ...(flushed && { flush: flushed.url }),
  };
};

/** Where an engine's flush is asked for, with the arguments that open it. */
const flushOf = (
  { flush, listens }: Engine,
  args: readonly string[],
): { readonly url: URL; readonly args: readonly string[] } | undefined => {
  const listen = args
    .map((argument) => /^--?([^=]+)=(.+)$/.exec(argument))
    .find((match) => match !== null && Object.hasOwn(listens, match[1] ?? ""))?.[2];
  if (flush === undefined || listen === undefined) return undefined;
  const key = randomUUID();
  return {
    url: new URL(`${flush.path}?authKey=${key}`, `http://${listen}`),
    args: [`--${flush.keyFlag}=${key}`],
  };
};

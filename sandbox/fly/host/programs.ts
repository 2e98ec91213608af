import { accessSync, constants } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { repositoryRoot } from "../../../toolchain/root";
import type { MachineConfig } from "../model/config";

/** Programs that a machine may name in init.exec, beside those of the images: the watchtower's engines, and Node. */
const knownPrograms = new Set([
  "node",
  "vmalert",
  "alertmanager",
  "gatus",
  "victoria-metrics",
  "json_exporter",
]);

/** A program as it is started. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

const executable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const find = (name: string): string | undefined => {
  if (name === "node") return process.execPath;
  const folders = [
    path.join(repositoryRoot, ".flymon", "bin"),
    ...(process.env.PATH ?? "").split(path.delimiter),
  ];
  return folders.map((folder) => path.join(folder, name)).find(executable);
};

const decoded = (value: string | undefined): string => Buffer.from(value ?? "", "base64").toString();

/**
 * Places the config's files[] below `root`. There is no chroot on loopback: where a file speaks of another of them by
 * its path, that path becomes the real one.
 */
export const placeFiles = async (config: MachineConfig, root: string): Promise<void> => {
  for (const { guest_path: guestPath, raw_value: raw, mode } of config.files ?? []) {
    const place = path.join(root, guestPath);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, inPlace(config, root)(decoded(raw)), { mode: mode ?? 0o644 });
  }
};

/** Rewrites the paths of the config's files[] to where they really are. */
export const inPlace = (config: MachineConfig, root: string): ((text: string) => string) => {
  const paths = (config.files ?? []).map((file) => file.guest_path).toSorted((a, b) => b.length - a.length);
  const folders = [...new Set(paths.map((file) => path.posix.dirname(file)))].filter(
    (folder) => folder !== "/",
  );
  const known = [...paths, ...folders.toSorted((a, b) => b.length - a.length)];
  if (known.length === 0) return (text) => text;
  const escaped = known.map((place) => place.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(?<![\\w.-])(?:${escaped.join("|")})(?![\\w-])`, "g");
  return (text) => text.replaceAll(pattern, (place) => path.join(root, place));
};

/**
 * The command of init.exec when its program is known and installed. On Fly a program listens on every address of its
 * machine; here that would be everybody's, so `:9093` and `0.0.0.0:9093` become the machine's own.
 */
export const execOf = (config: MachineConfig, root: string, address: string): Command | undefined => {
  const [program, ...args] = config.init?.exec ?? [];
  const name = path.posix.basename(program ?? "");
  const file = knownPrograms.has(name) ? find(name) : undefined;
  if (file === undefined) return undefined;
  const own = inPlace(config, root);
  const listen = (text: string): string =>
    text.replace(
      /(^|=)(?:0\.0\.0\.0|\[::\])?:(\d+)$/,
      (_, before: string, port: string) => `${before}${address}:${port}`,
    );
  return { file, args: args.map((argument) => listen(own(argument))), cwd: root };
};

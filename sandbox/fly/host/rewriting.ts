import path from "node:path";
import type { MachineConfig } from "../model/config";

/** What a machine's texts speak of, and what it is here. */
export interface Surroundings {
  /** The machine's own address. */
  readonly address: string;
  /** The folder that stands for the guest's root. */
  readonly root: string;
  /** The folder of each volume, by the path that it is mounted at. */
  readonly mounts: ReadonlyMap<string, string>;
  /** The address of each name on the private network. */
  readonly names: ReadonlyMap<string, string>;
}

/** Names on the private network that are known here: `<group>.process.<app>.internal` and `<app>.internal`. */
const privateName = /(?<![\w.-])(?:([a-z0-9_-]+)\.process\.)?([a-z0-9-]+)\.internal(?![\w-])/g;

export interface PrivateName {
  readonly name: string;
  readonly app: string;
  /** Any of the app's machines where there is none. */
  readonly group: string | undefined;
}

/** Every private name in the texts. */
export const privateNamesIn = (texts: readonly string[]): readonly PrivateName[] =>
  texts.flatMap((text) =>
    [...text.matchAll(privateName)].map(([name, group, app = ""]) => ({ name, app, group })),
  );

/** Where a path of the guest really is. */
export const placeOf = (guestPath: string, { root, mounts }: Surroundings): string => {
  const mount = [...mounts.keys()]
    .filter((mounted) => guestPath === mounted || guestPath.startsWith(`${mounted}/`))
    .toSorted((a, b) => b.length - a.length)[0];
  return mount === undefined
    ? path.join(root, guestPath)
    : path.join(mounts.get(mount) ?? root, guestPath.slice(mount.length));
};

/** Folders that programs also look into for what is not the config's, such as certificates. */
const shared = new Set(["/etc", "/usr", "/var", "/opt", "/tmp", "/proc", "/sys", "/dev", "/run", "/bin"]);

const foldersAbove = (file: string): readonly string[] => {
  const folder = path.posix.dirname(file);
  return folder === "/" ? [] : [folder, ...foldersAbove(folder)];
};

const pathPattern = (paths: Iterable<string>): RegExp | undefined => {
  const known = [...new Set(paths)].toSorted((a, b) => b.length - a.length);
  const escaped = known.map((place) => place.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return known.length === 0 ? undefined : new RegExp(`(?<![\\w.-])(?:${escaped.join("|")})(?![\\w-])`, "g");
};

/** How texts of a machine become what is true here. There is neither a chroot nor a DNS server on loopback. */
export interface Rewriting {
  /** Arguments and environment: paths, names, and `:port` of every address as the machine's own. */
  readonly word: (text: string) => string;
  /** The content of a file. Of a program's code only the paths of placed files are touched. */
  readonly file: (guestPath: string, text: string) => string;
}

export const rewriting = (config: MachineConfig, around: Surroundings): Rewriting => {
  const files = (config.files ?? []).map((file) => file.guest_path);
  const placed = [...files, ...files.flatMap(foldersAbove)].filter((place) => !shared.has(place));
  const ofFiles = pathPattern(placed);
  const ofAll = pathPattern([...placed, ...around.mounts.keys()]);
  const paths = (pattern: RegExp | undefined, text: string): string =>
    pattern === undefined ? text : text.replaceAll(pattern, (place) => placeOf(place, around));
  const names = (text: string): string =>
    text
      .replaceAll(privateName, (name) => around.names.get(name) ?? name)
      .replaceAll(/(?<![\w.-])fly-local-6pn(?![\w.-])/g, around.address);
  // On Fly a program listens on every address of its machine; here that would be everybody's.
  const everyAddress = (text: string): string =>
    text.replaceAll(/(?<![\w.:\]-])(?:0\.0\.0\.0|\[::\]):(\d+)(?!\d)/g, `${around.address}:$1`);

  return {
    word: (text) =>
      /^(?:0\.0\.0\.0|\[::\]|::)$/.test(text)
        ? around.address
        : everyAddress(names(paths(ofAll, text))).replace(
            /(^|=):(\d+)$/,
            (_, before: string, port: string) => `${before}${around.address}:${port}`,
          ),
    file: (guestPath, text) =>
      /\.[cm]?js$/.test(guestPath) ? paths(ofFiles, text) : everyAddress(names(paths(ofAll, text))),
  };
};

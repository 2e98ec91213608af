import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** What this host reads of a package.json. */
export interface PackageFile {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
  };
}

const readText = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // no such package: the caller goes on with the others
  }
};

export const readPackage = (folder: string): PackageFile | undefined => {
  const text = readText(path.join(folder, "package.json"));
  return text === undefined ? undefined : (JSON.parse(text) as PackageFile);
};

const upwards = function* (folder: string): Generator<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    yield at;
    if (at === path.dirname(at)) return;
  }
};

/** The nearest package.json at or above `folder`. */
export const nearestPackage = (folder: string): { folder: string; contents: PackageFile } | undefined => {
  for (const at of upwards(folder)) {
    const contents = readPackage(at);
    if (contents) return { folder: at, contents };
  }
  return undefined;
};

/** Where Node would find package `name` from `folder`. */
export const findPackage = (folder: string, name: string): string | undefined => {
  for (const at of upwards(folder)) {
    const candidate = path.join(at, "node_modules", name);
    if (existsSync(path.join(candidate, "package.json"))) return candidate;
  }
  return undefined;
};

const entries = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return []; // a folder without node_modules has no packages
  }
};

/** Every package with a resource provider that a program in `folder` can import, nearest first. */
export const providerPackages = (folder: string): PackageFile[] => {
  const found = new Map<string, PackageFile>();
  for (const at of upwards(folder)) {
    const modules = path.join(at, "node_modules");
    const names = entries(modules).flatMap((name) =>
      name.startsWith("@") ? entries(path.join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    );
    for (const name of names) {
      if (found.has(name)) continue;
      const text = readText(path.join(modules, name, "package.json"));
      // Parsing only the few that can matter keeps this at a few milliseconds for hundreds of packages.
      if (!text?.includes('"pulumi"')) continue;
      const contents = JSON.parse(text) as PackageFile;
      if (contents.pulumi?.resource === true) found.set(name, contents);
    }
  }
  return [...found.values()];
};

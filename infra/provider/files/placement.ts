import { chmod, mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { generatedMarker } from "../../render/generated-marker";
import { messageOf, ProviderError } from "../errors";

/** The folder below the project root in which every file is this project's own. */
export const generatedFolder = "generated";

/** A file of the user's machine, by the path that stands in the state and by where that is. */
export interface Place {
  readonly shown: string;
  readonly absolute: string;
  readonly projectRoot: string;
}

/** The one form of a path: relative to the project root where it lies below it, so that a state can move. */
export const normalizePath = (given: string, projectRoot: string): string => {
  const relative = path.relative(projectRoot, path.resolve(projectRoot, given));
  const isBelow = relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
  const kept = isBelow || !path.isAbsolute(given) ? relative : path.normalize(given);
  return kept.replaceAll(path.sep, "/");
};

export const placeOf = (shown: string, projectRoot: string): Place => ({
  shown,
  absolute: path.resolve(projectRoot, shown),
  projectRoot,
});

/** The file's text; undefined when there is none. */
export const readText = (place: Place): Promise<string | undefined> =>
  onDisk(place, "reading it", async () => {
    try {
      return await readFile(place.absolute, "utf8");
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
  });

/**
 * Writes the file whole or not at all, with mode 644, making its folder.
 * @param isOurs whether text found there may be overwritten although it carries no marker
 * @throws ProviderError when something else's file is in the way
 */
export const writeText = async (
  place: Place,
  text: string,
  isOurs: (found: string) => boolean = () => false,
): Promise<void> => {
  const found = await readText(place);
  if (found === text) return;
  if (found !== undefined && !isOurs(found) && !isGenerated(place, found)) {
    throw new ProviderError({
      service: serviceOf(place),
      attempted: "writing it",
      answer: "there is a file already, and it was not made by flymon",
      mend: "Move it away, declare another path, or take it over with `pulumi import`.",
    });
  }
  await onDisk(place, "writing it", () => writeAside(place, text));
};

/** Removes the file when it is still ours, and the folders of generated/ that this empties. */
export const removeFile = async (
  place: Place,
  isOurs: (found: string) => boolean,
): Promise<"removed" | "gone" | "not ours"> => {
  const found = await readText(place);
  if (found !== undefined && !isOurs(found) && !isMarked(found)) return "not ours";
  await onDisk(place, "removing it", async () => {
    await rm(place.absolute, { force: true });
    await rm(asideOf(place), { force: true });
    await removeEmptyFolders(place);
  });
  return found === undefined ? "gone" : "removed";
};

const isMarked = (text: string): boolean => text.startsWith(`# ${generatedMarker}`);

const isGenerated = (place: Place, found: string): boolean =>
  isMarked(found) || isInside(place.absolute, path.join(place.projectRoot, generatedFolder));

const isInside = (file: string, folder: string): boolean => file.startsWith(folder + path.sep);

// One name a file, so that what a killed run left behind is overwritten by the next and removed with the file.
const asideOf = (place: Place): string =>
  path.join(path.dirname(place.absolute), `.${path.basename(place.absolute)}.flymon`);

const writeAside = async (place: Place, text: string, attempts = 3): Promise<void> => {
  const aside = asideOf(place);
  try {
    await mkdir(path.dirname(aside), { recursive: true });
    await writeFile(aside, text);
    await chmod(aside, 0o644); // whatever the umask says: other programs (Gatus, flyctl) read these files
    await rename(aside, place.absolute);
  } catch (error) {
    // A neighbour's removal may take the folder away between two of the steps, because it was empty.
    if (isCode(error, "ENOENT") && attempts > 1) return writeAside(place, text, attempts - 1);
    await rm(aside, { force: true }).catch(() => undefined);
    throw error;
  }
};

const removeEmptyFolders = async (place: Place): Promise<void> => {
  const top = path.join(place.projectRoot, generatedFolder);
  for (let folder = path.dirname(place.absolute); ; folder = path.dirname(folder)) {
    if (folder !== top && !isInside(folder, top)) return;
    try {
      await rmdir(folder);
    } catch (error) {
      if (isCode(error, "ENOENT")) continue;
      return; // not empty, or not ours to remove
    }
  }
};

const serviceOf = (place: Place): string => `The file ${place.shown}`;

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

const mends: { readonly [code: string]: string } = {
  EACCES: "Give this user the right to it, or declare another path.",
  EPERM: "Give this user the right to it, or declare another path.",
  EROFS: "The disk is mounted read-only; declare a path on another one.",
  ENOSPC: "The disk is full; free some space and run again.",
  EDQUOT: "The disk quota is used up; free some space and run again.",
  EISDIR: "There is a folder of that name; move it away or declare another path.",
  ENOTDIR: "A part of the path is a file, not a folder; move that away or declare another path.",
  EEXIST: "A part of the path is a file, not a folder; move that away or declare another path.",
  ENAMETOOLONG: "Declare a shorter path.",
};

const onDisk = async <Result>(
  place: Place,
  attempted: string,
  act: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") throw error;
    throw new ProviderError({
      service: serviceOf(place),
      attempted,
      answer: `the system answered ${error.code}: ${reasonOf(error)}`,
      mend: mends[error.code] ?? "Check the path and the disk, then run again.",
    });
  }
};

// Node's "EACCES: permission denied, open '/home/x/y'": the words without the code and the absolute path.
const reasonOf = (error: Error): string => /^[A-Z]+: ([^,]+)/.exec(messageOf(error))?.[1] ?? messageOf(error);

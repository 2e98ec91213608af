import { readdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { messageOf, PartialFailure, ProviderError } from "../errors";
import { containsUnknown } from "../properties";
import type { ResourceContext, ResourceKind } from "../resource";
import { normalizePath, placeOf, readText, removeFile, writeText, type Place } from "./placement";

export type TextsInputs = {
  readonly directory: string;
  /** Text by path below the directory. */
  readonly files: { readonly [path: string]: string };
};

const isBelow = (file: string): boolean =>
  !/[\\\0]|\/$/.test(file) && path.posix.normalize(file) === file && !/^\.{0,2}(\/|$)/.test(file);

const inputs = z.strictObject({
  directory: z
    .string("must be a path, absolute or relative to the project root")
    .min(1, "must name a folder")
    .refine((folder) => !folder.includes("\0"), "must not hold a zero byte")
    .describe("The folder to write below, absolute or relative to the project root."),
  files: z
    .record(z.string(), z.string("must be the text of a file"), "must be an object with a text for each path")
    .superRefine((files, refinement) => {
      for (const file of Object.keys(files).filter((name) => !isBelow(name))) {
        refinement.addIssue({
          code: "custom",
          path: [file],
          message: "must be the path of a file below the folder, such as rules/app.yaml",
        });
      }
    })
    .describe("The files' texts, by path below the folder."),
});

const placeIn = (directory: string, file: string, { projectRoot }: ResourceContext): Place =>
  placeOf(path.posix.join(directory, file), projectRoot);

const remove = async (place: Place, written: string | undefined, context: ResourceContext): Promise<void> => {
  const outcome = await removeFile(place, (found) => found === written);
  if (outcome === "not ours") {
    context.log("warning", `${place.shown} was replaced by a file that is not flymon's; it stays.`);
  }
};

/**
 * Writes what is declared, and removes what was written before and no longer is. What one file meets does not keep the
 * others from being written; the state has what is there by our hand, so that no later run takes another's file for ours.
 */
const bringInLine = async (
  { directory, files }: TextsInputs,
  prior: TextsInputs["files"],
  context: ResourceContext,
): Promise<TextsInputs> => {
  const written: Record<string, string> = {};
  const reasons: string[] = [];
  for (const file of new Set([...Object.keys(files), ...Object.keys(prior)])) {
    const place = placeIn(directory, file, context);
    const [text, before] = [files[file], prior[file]];
    try {
      if (text === undefined) await remove(place, before, context);
      else {
        await writeText(place, text, (found) => found === before);
        written[file] = text;
      }
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      reasons.push(messageOf(error));
      if (before !== undefined) written[file] = before;
    }
  }
  if (reasons.length > 0) throw new PartialFailure(directory, { directory, files: written }, reasons);
  return { directory, files };
};

/** Every file below a folder by its path there; none where there is no folder. */
const filesBelow = async (folder: string): Promise<string[]> => {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"),
      )
      .sort();
  } catch {
    return [];
  }
};

/**
 * Plain texts below one folder. Each is written whole, adopted where the same text is there already, put back when it
 * was edited or removed (`pulumi refresh` notices), and removed once it is no longer declared, while it is ours.
 */
export const texts: ResourceKind<TextsInputs, TextsInputs> = {
  type: "flymon:files:Texts",
  description: "Plain texts, written as the files of a folder.",
  inputs,
  computed: z.object({}),
  replaceOn: ["directory"],
  secretOutputs: [],
  openInputs: ["directory", "files"],

  normalize: (declared, { projectRoot }) =>
    containsUnknown(declared.directory)
      ? declared
      : { ...declared, directory: normalizePath(declared.directory, projectRoot) },

  create: async (declared, context) => ({
    id: declared.directory,
    state: await bringInLine(declared, {}, context),
  }),
  update: (_id, state, declared, context) => bringInLine(declared, state.files, context),

  read: async (id, state, context) => {
    const directory = state?.directory ?? normalizePath(id, context.projectRoot);
    const names = state
      ? Object.keys(state.files)
      : await filesBelow(path.resolve(context.projectRoot, directory));
    const files: Record<string, string> = {};
    for (const file of names) {
      const text = await readText(placeIn(directory, file, context));
      if (text !== undefined) files[file] = text;
    }
    return Object.keys(files).length === 0 ? undefined : { id: directory, state: { directory, files } };
  },

  delete: async (_id, { directory, files }, context) => {
    for (const [file, text] of Object.entries(files)) {
      await remove(placeIn(directory, file, context), text, context);
    }
  },
};

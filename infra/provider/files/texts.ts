import { readdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { PackedText } from "../../model/packed-text";
import { packed, sha256Of, unpacked } from "../../model/packed-text";
import { messageOf, PartialFailure, ProviderError } from "../errors";
import { containsUnknown } from "../properties";
import type { ResourceContext, ResourceKind } from "../resource";
import { normalizePath, placeOf, readText, removeFile, writeText, type Place } from "./placement";

/** A text as it stands, so that a diff shows its lines; or packed, where a diff is to show only that it changed. */
export type FileText = string | PackedText;

export type TextsInputs = {
  readonly directory: string;
  /** Text by path below the directory. */
  readonly files: { readonly [path: string]: FileText };
};

const isSame = (declared: FileText | undefined, text: string): boolean =>
  typeof declared === "string" ? declared === text : declared?.sha256 === sha256Of(text);

const textOf = (declared: FileText): string => (typeof declared === "string" ? declared : unpacked(declared));

/** What is there, in the form that it is declared in. */
const inFormOf = (declared: FileText, text: string): FileText => {
  if (typeof declared === "string") return text;
  return isSame(declared, text) ? declared : packed(text);
};

const isBelow = (file: string): boolean =>
  !/[\\\0]|\/$/.test(file) && path.posix.normalize(file) === file && !/^\.{0,2}(\/|$)/.test(file);

const isWhole = (packedText: PackedText): boolean => {
  try {
    unpacked(packedText);
    return true;
  } catch {
    return false;
  }
};

const inputs = z.strictObject({
  directory: z
    .string("must be a path, absolute or relative to the project root")
    .min(1, "must name a folder")
    .refine((folder) => !folder.includes("\0"), "must not hold a zero byte")
    .describe("The folder to write below, absolute or relative to the project root."),
  files: z
    .record(
      z.string(),
      z.union(
        [
          z.string(),
          z
            .strictObject({ sha256: z.string(), deflated: z.string() })
            .refine(isWhole, "must hold the text that its sha256 names"),
        ],
        "must be the text of a file, as it stands or packed",
      ),
      "must be an object with a text for each path",
    )
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

const remove = async (
  place: Place,
  written: FileText | undefined,
  context: ResourceContext,
): Promise<void> => {
  const outcome = await removeFile(place, (found) => isSame(written, found));
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
  const written: Record<string, FileText> = {};
  const reasons: string[] = [];
  for (const file of new Set([...Object.keys(files), ...Object.keys(prior)])) {
    const place = placeIn(directory, file, context);
    const [text, before] = [files[file], prior[file]];
    try {
      if (text === undefined) await remove(place, before, context);
      else {
        await writeText(place, textOf(text), (found) => isSame(before, found));
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
  // Of a packed text only the hash is compared: that is what tells a reader something.
  managed: (state, { files }) => ({
    ...state,
    files: Object.fromEntries(
      Object.entries(state.files).map(([file, found]) => {
        const declared = files[file];
        return typeof found === "string" || declared === undefined || typeof declared === "string"
          ? [file, found]
          : [file, { ...found, deflated: declared.deflated }];
      }),
    ),
  }),

  create: async (declared, context) => ({
    id: declared.directory,
    state: await bringInLine(declared, {}, context),
  }),
  update: (_id, state, declared, context) => bringInLine(declared, state.files, context),

  read: async (id, state, context) => {
    const directory = state?.directory ?? normalizePath(id, context.projectRoot);
    const known =
      state?.files ??
      Object.fromEntries(
        (await filesBelow(path.resolve(context.projectRoot, directory))).map((file) => [file, ""]),
      );
    const files: Record<string, FileText> = {};
    for (const [file, declared] of Object.entries(known)) {
      const text = await readText(placeIn(directory, file, context));
      if (text !== undefined) files[file] = inFormOf(declared, text);
    }
    return Object.keys(files).length === 0 ? undefined : { id: directory, state: { directory, files } };
  },

  delete: async (_id, { directory, files }, context) => {
    for (const [file, text] of Object.entries(files)) {
      await remove(placeIn(directory, file, context), text, context);
    }
  },
};

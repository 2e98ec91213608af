import { readdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { PackedTexts } from "../../model/packed-texts";
import { sha256Of, unpackedTexts } from "../../model/packed-texts";
import { messageOf, PartialFailure, ProviderError } from "../errors";
import { containsUnknown } from "../properties";
import type { ResourceContext, ResourceKind } from "../resource";
import { normalizePath, placeOf, readText, removeFile, writeText, type Place } from "./placement";

type ByPath = { readonly [path: string]: string };

export type TextsInputs = {
  readonly directory: string;
  /** Text by path below the directory: a diff shows its lines. */
  readonly files: ByPath;
  /** More texts, of which a diff shows only that they changed. */
  readonly packed?: PackedTexts | undefined;
};

const isBelow = (file: string): boolean =>
  !/[\\\0]|\/$/.test(file) && path.posix.normalize(file) === file && !/^\.{0,2}(\/|$)/.test(file);

/** Texts or hashes by the paths of files below the folder. */
const byPath = (what: string) =>
  z
    .record(z.string(), z.string(`must be ${what}`), `must be an object with ${what} for each path`)
    .superRefine((files, refinement) => {
      for (const file of Object.keys(files).filter((name) => !isBelow(name))) {
        refinement.addIssue({
          code: "custom",
          path: [file],
          message: "must be the path of a file below the folder, such as rules/app.yaml",
        });
      }
    });

const inputs = z.strictObject({
  directory: z
    .string("must be a path, absolute or relative to the project root")
    .min(1, "must name a folder")
    .refine((folder) => !folder.includes("\0"), "must not hold a zero byte")
    .describe("The folder to write below, absolute or relative to the project root."),
  files: byPath("the text of a file").describe("The files' texts, by path below the folder."),
  packed: z
    .strictObject({ sha256: byPath("a SHA-256"), brotli: z.string("must be a text in base64") })
    .superRefine((texts, refinement) => {
      try {
        unpackedTexts(texts);
      } catch (error) {
        refinement.addIssue({ code: "custom", path: ["brotli"], message: messageOf(error) });
      }
    })
    .optional()
    .describe(
      "More texts in small: their hashes by path, and all of them as one JSON object, brotli in base64.",
    ),
});

const placeIn = (directory: string, file: string, { projectRoot }: ResourceContext): Place =>
  placeOf(path.posix.join(directory, file), projectRoot);

/** What was written, by the hash of each file. */
const hashesOf = ({ files, packed }: Pick<TextsInputs, "files" | "packed">): ByPath => ({
  ...Object.fromEntries(Object.entries(files).map(([file, text]) => [file, sha256Of(text)])),
  ...packed?.sha256,
});

const remove = async (place: Place, written: string | undefined, context: ResourceContext): Promise<void> => {
  const outcome = await removeFile(place, (found) => sha256Of(found) === written);
  if (outcome === "not ours") {
    context.log("warning", `${place.shown} was replaced by a file that is not flymon's; it stays.`);
  }
};

/** What there is by our hand after some files were refused: the others as declared, those as they were before. */
const written = (
  declared: TextsInputs,
  prior: Pick<TextsInputs, "files" | "packed">,
  refused: ReadonlySet<string>,
): TextsInputs => {
  const merged = (now: ByPath = {}, before: ByPath = {}): ByPath =>
    Object.fromEntries([
      ...Object.entries(now).filter(([file]) => !refused.has(file)),
      ...Object.entries(before).filter(([file]) => refused.has(file)),
    ]);
  return {
    ...declared,
    files: merged(declared.files, prior.files),
    packed: declared.packed && {
      ...declared.packed,
      sha256: merged(declared.packed.sha256, prior.packed?.sha256),
    },
  };
};

/**
 * Writes what is declared, and removes what was written before and no longer is. What one file meets does not keep the
 * others from being written; the state has what is there by our hand, so that no later run takes another's file for ours.
 */
const bringInLine = async (
  declared: TextsInputs,
  prior: Pick<TextsInputs, "files" | "packed">,
  context: ResourceContext,
): Promise<TextsInputs> => {
  const { directory, files, packed } = declared;
  const texts: ByPath = { ...files, ...(packed && unpackedTexts(packed)) };
  const before = hashesOf(prior);
  const refused = new Map<string, string>();
  for (const file of new Set([...Object.keys(texts), ...Object.keys(before)])) {
    const place = placeIn(directory, file, context);
    const text = texts[file];
    try {
      if (text === undefined) await remove(place, before[file], context);
      else await writeText(place, text, (found) => sha256Of(found) === before[file]);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      refused.set(file, messageOf(error));
    }
  }
  if (refused.size === 0) return declared;
  const state = written(declared, prior, new Set(refused.keys()));
  throw new PartialFailure(directory, state, [...refused.values()]);
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
  openInputs: ["directory", "files", "packed"],

  normalize: (declared, { projectRoot }) =>
    containsUnknown(declared.directory)
      ? declared
      : { ...declared, directory: normalizePath(declared.directory, projectRoot) },
  // Of packed texts only the hashes are compared: they tell a reader something, and every zlib makes other bytes.
  managed: (state, { packed }) => ({
    ...state,
    packed: state.packed && packed && { ...state.packed, brotli: packed.brotli },
  }),

  create: async (declared, context) => ({
    id: declared.directory,
    state: await bringInLine(declared, { files: {} }, context),
  }),
  update: (_id, state, declared, context) => bringInLine(declared, state, context),

  read: async (id, state, context) => {
    const directory = state?.directory ?? normalizePath(id, context.projectRoot);
    const found = async (files: readonly string[]): Promise<ByPath> => {
      const there: Record<string, string> = {};
      for (const file of files) {
        const text = await readText(placeIn(directory, file, context));
        if (text !== undefined) there[file] = text;
      }
      return there;
    };
    const known = state
      ? Object.keys(state.files)
      : await filesBelow(path.resolve(context.projectRoot, directory));
    const files = await found(known);
    const aside = await found(Object.keys(state?.packed?.sha256 ?? {}));
    if (Object.keys({ ...files, ...aside }).length === 0) return undefined;
    const packed = state?.packed && { ...state.packed, sha256: hashesOf({ files: aside }) };
    return { id: directory, state: { directory, files, ...(packed && { packed }) } };
  },

  delete: async (_id, state, context) => {
    for (const [file, hash] of Object.entries(hashesOf(state))) {
      await remove(placeIn(state.directory, file, context), hash, context);
    }
  },
};

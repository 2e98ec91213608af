import { createHash } from "node:crypto";
import { z } from "zod";
import { headerOf } from "../../render/generated-marker";
import type { Settings } from "../../render/toml-text";
import { messageOf, ProviderError } from "../errors";
import { containsUnknown, isObject, type Value } from "../properties";
import type { Found, ResourceContext, ResourceKind } from "../resource";
import { normalizePath, placeOf, readText, removeFile, writeText } from "./placement";

/** How settings become a file's text, and back. */
export interface Codec {
  /** "TOML", "YAML": for messages. */
  readonly format: string;
  readonly text: (settings: Settings, header: string) => string;
  /** @throws Error when the text is not of this format */
  readonly parse: (text: string) => unknown;
}

export type FileInputs = { readonly path: string; readonly header: string; readonly settings: Settings };
/** `contentHash`: SHA-256 of the file's bytes, by which an edit shows that changed no setting. */
export type FileState = FileInputs & { readonly contentHash: string };

const inputs = z.strictObject({
  path: z
    .string("must be a path, absolute or relative to the project root")
    .min(1, "must name a file")
    .refine((path) => !/[/\\]$/.test(path), "must name a file, not a folder")
    .refine((path) => !path.includes("\0"), "must not hold a zero byte")
    .describe("The file to write, absolute or relative to the project root."),
  header: z
    .string("must be the text of the comment lines")
    .default("")
    .describe("Comment lines at the top of the file, without their '#'."),
  settings: z
    .record(z.string(), z.json(), "must be an object with the file's settings")
    .describe("The file's content as a nested object, written in this order."),
});

export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * A file that holds settings in a structured format. It is written whole, adopted where the same text is there
 * already, put back when it was edited or removed (`pulumi refresh` notices), and removed only while it is ours.
 */
export const structuredFile = (
  type: ResourceKind["type"],
  description: string,
  codec: Codec,
): ResourceKind<FileInputs, FileState> => {
  // Undefined for what was read from a hand-written file and cannot be written by us.
  const expectedHash = ({ settings, header }: FileInputs): string | undefined => {
    try {
      return hashOf(codec.text(settings, header));
    } catch {
      return undefined;
    }
  };

  const write = async (declared: FileInputs, prior: FileState | undefined, context: ResourceContext) => {
    const text = codec.text(declared.settings, declared.header);
    await writeText(
      placeOf(declared.path, context.projectRoot),
      text,
      (found) => hashOf(found) === prior?.contentHash,
    );
    return { ...declared, contentHash: hashOf(text) };
  };

  return {
    type,
    description,
    inputs: inputs.superRefine((file, refinement) => {
      if (containsUnknown(file.settings)) return;
      try {
        codec.text(file.settings, file.header);
      } catch (error) {
        refinement.addIssue({ code: "custom", path: ["settings"], message: messageOf(error) });
      }
    }),
    computed: z.object({ contentHash: z.string().describe("SHA-256 of the file's bytes.") }),
    replaceOn: ["path"],
    secretOutputs: [],
    openInputs: ["path", "header", "settings"],

    normalize: (file, { projectRoot }) =>
      containsUnknown(file.path) ? file : { ...file, path: normalizePath(file.path, projectRoot) },
    plan: (file) => ({ contentHash: hashOf(codec.text(file.settings, file.header)) }),
    drifted: (file) => (file.contentHash === expectedHash(file) ? [] : ["contentHash"]),

    create: async (declared, context) => ({
      id: declared.path,
      state: await write(declared, undefined, context),
    }),
    update: async (_id, state, declared, context) => write(declared, state, context),

    read: async (id, state, context): Promise<Found<FileState> | undefined> => {
      const path = state?.path ?? normalizePath(id, context.projectRoot);
      const text = await readText(placeOf(path, context.projectRoot));
      if (text === undefined) return undefined;
      const contentHash = hashOf(text);
      if (state?.contentHash === contentHash) return { id: path, state };
      const settings = parseSettings(codec, text);
      if (settings !== undefined) {
        return { id: path, state: { path, header: headerOf(text), settings, contentHash } };
      }
      if (state !== undefined) return { id: path, state: { ...state, contentHash } };
      throw new ProviderError({
        service: `The file ${path}`,
        attempted: "importing it",
        answer: `it is not ${codec.format}`,
        mend: "Mend the file, or declare it and let `pulumi up` write it.",
      });
    },

    delete: async (_id, state, context) => {
      const place = placeOf(state.path, context.projectRoot);
      const outcome = await removeFile(place, (found) => hashOf(found) === state.contentHash);
      if (outcome === "not ours") {
        context.log("warning", `${state.path} was replaced by a file that is not flymon's; it stays.`);
      }
    },
  };
};

/** The settings in `text`; undefined when they cannot be read. */
const parseSettings = (codec: Codec, text: string): Settings | undefined => {
  try {
    const parsed = plain(codec.parse(text)) as Value;
    return isObject(parsed) ? (parsed as Settings) : undefined;
  } catch {
    return undefined;
  }
};

// Dates become their text, and numbers past 2^53 numbers, which is as much as the engine's own values can hold.
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item)));

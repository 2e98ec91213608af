import { isDeepStrictEqual } from "node:util";
import type { ResolvedApp } from "../model/app";
import { minimumRemark } from "../render/toml-text";
import type { TomlDocument } from "./document";
import { dataOf, parseDocument, placeOf } from "./document";
import { flyFileOf } from "./fly-file";
import type { TablePlan } from "./merge/plan";
import { applied, changesOf } from "./merge/plan";
import { planFile } from "./merge/plan-file";
import { splice } from "./merge/splice";
import { deviationsOf } from "./schema-walk";

export interface Merged {
  readonly text: string;
  /** What changed, for people: "http_service.checks[0].path: "/up" -> "/api"". Empty when the file is in line. */
  readonly changes: readonly string[];
}

/** The file has a value where Fly wants a section, or the like: it must be mended before anything fits into it. */
export class UnmergeableError extends Error {
  override readonly name = "UnmergeableError";

  constructor(
    /** From 1. */
    readonly line: number,
    readonly key: string,
  ) {
    super(`${key} is of a type that flyctl refuses: mend it first (flymon toml lint shows how)`);
  }
}

/**
 * Brings the declared sections of an app into its own fly.toml. Comments, order, spacing and every key that flymon does
 * not own (infra/toml/owned-keys.ts) stay; old forms of owned sections become today's. Done twice it changes nothing.
 *
 * The result is checked before it is handed out: it parses, holds exactly the planned data, and every comment.
 * @throws TomlSyntaxError when the text is not TOML, UnmergeableError when its shape is one that flyctl refuses
 */
export const mergeFlyToml = (text: string, app: ResolvedApp): Merged => {
  const document = parseDocument(text);
  const plan = planFile(flyFileOf(document), app);
  let merged: string;
  try {
    merged = splice(document, plan);
    if (merged === text) return { text, changes: [] };
    prove(document, plan, merged);
  } catch (error) {
    const [misshapen] = deviationsOf(document).filter(({ kind }) => kind === "wrong-type");
    if (misshapen === undefined) throw error;
    const { line } = placeOf(document, misshapen.entry.keySpan.start);
    throw new UnmergeableError(line, [...misshapen.parents, misshapen.entry.key].join("."));
  }
  const changes = changesOf(document.root, plan);
  return { text: merged, changes: changes.length > 0 ? changes : ["the comment that lint asks for"] };
};

/** Thrown rather than ever writing a file that lost something; it means a mistake in flymon. */
const prove = (before: TomlDocument, plan: TablePlan, text: string): void => {
  const after = parseDocument(text);
  if (!isDeepStrictEqual(plain(dataOf(after.root)), plain(applied(before.root, plan)))) {
    throw new Error("merge would change more than it may in this file; nothing was written");
  }
  const left = after.comments.map((comment) => comment.text);
  for (const { text: comment } of before.comments) {
    const index = left.indexOf(comment);
    if (index !== -1) left.splice(index, 1);
    else if (comment !== minimumRemark) {
      throw new Error(`merge would lose the comment ${JSON.stringify(comment)}; nothing was written`);
    }
  }
};

/** Order of keys and prototypes aside. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, plain(item)]));
};

import { createRequire } from "node:module";
import type * as Yaml from "yaml";
import type Typescript from "typescript";

// Both parsers are slow to load and needed only once somebody has to be told a line.
const load = createRequire(__filename);

/** Parts of a path as {@link fieldPath} writes it: processGroups.web.services[0].checks["a b"] */
const segmentsOf = (field: string): (string | number)[] =>
  [...field.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)].map(([, index, quoted, name]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (name ?? "") : (JSON.parse(quoted) as string);
  });

const startsWith = (path: readonly unknown[], prefix: readonly unknown[]): boolean =>
  prefix.every((part, index) => path[index] === part);

/** True when the stack's file sets this field, something above it or something below it. */
export const isOverridden = (overridden: readonly string[], field: string): boolean => {
  const path = segmentsOf(field);
  return (
    path.length > 0 &&
    overridden.some((set) => startsWith(path, segmentsOf(set)) || startsWith(segmentsOf(set), path))
  );
};

/**
 * The line (from 1) of a field in an app's declaration, which is the object literal with `name: "<app>"`. A field
 * that is not written there gives the line of the nearest one around it, in the end the declaration's own; an app
 * that the text does not declare gives undefined, and so does a machine without the `typescript` package.
 */
export const lineOf = (sourceText: string, app: string, field: string): number | undefined => {
  let ts: typeof Typescript;
  try {
    ts = load("typescript") as typeof Typescript;
  } catch {
    return undefined;
  }
  const file = ts.createSourceFile("declaration.ts", sourceText, ts.ScriptTarget.Latest);

  const bare = (node: Typescript.Expression): Typescript.Expression =>
    ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node)
      ? bare(node.expression)
      : node;
  const property = (object: Typescript.ObjectLiteralExpression, name: string) =>
    object.properties.filter(ts.isPropertyAssignment).find((candidate) => {
      const key = candidate.name;
      return (ts.isIdentifier(key) || ts.isStringLiteralLike(key)) && key.text === name;
    });
  const declares = (node: Typescript.Node): node is Typescript.ObjectLiteralExpression => {
    if (!ts.isObjectLiteralExpression(node)) return false;
    const name = property(node, "name")?.initializer;
    return name !== undefined && ts.isStringLiteralLike(name) && name.text === app;
  };
  const find = (node: Typescript.Node): Typescript.ObjectLiteralExpression | undefined =>
    declares(node) ? node : ts.forEachChild(node, find);

  const declaration = find(file);
  if (declaration === undefined) return undefined;
  let place: Typescript.Node = declaration;
  let value: Typescript.Expression = declaration;
  for (const segment of segmentsOf(field)) {
    if (typeof segment === "number") {
      const element = ts.isArrayLiteralExpression(value) ? value.elements[segment] : undefined;
      if (element === undefined) break;
      place = element;
      value = bare(element);
    } else {
      const found = ts.isObjectLiteralExpression(value) ? property(value, segment) : undefined;
      if (found === undefined) break;
      place = found;
      value = bare(found.initializer);
    }
  }
  return file.getLineAndCharacterOfPosition(place.getStart(file)).line + 1;
};

/**
 * The line (from 1) of an app's override in the text of Pulumi.<stack>.yaml, or of the nearest field around it;
 * undefined where the file has no override of this app, or is not YAML.
 */
export const overrideLineOf = (stackFileText: string, app: string, field: string): number | undefined => {
  const { LineCounter, isMap, isScalar, isSeq, parseDocument } = load("yaml") as typeof Yaml;
  const lines = new LineCounter();
  const document = parseDocument(stackFileText, { lineCounter: lines });
  if (document.errors.length > 0) return undefined;

  let value: unknown = document.getIn(["config", "hotdash:overrides"], true);
  let offset: number | undefined;
  for (const segment of [app, ...segmentsOf(field)]) {
    if (isSeq(value) && typeof segment === "number") {
      const item: unknown = value.items[segment];
      if (item === undefined) break;
      value = item;
      offset = (item as { range?: Yaml.Range | null }).range?.[0] ?? offset;
    } else if (isMap(value)) {
      const pair = value.items.find(({ key }) => isScalar(key) && key.value === segment);
      if (pair === undefined) break;
      offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      value = pair.value;
    } else break;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
};

/** The line (from 1) of one of the project's own settings in the text of Pulumi.<stack>.yaml. */
export const settingLineOf = (stackFileText: string, field: string): number | undefined => {
  const key = segmentsOf(field)[0];
  const index = stackFileText.split("\n").findIndex((line) =>
    line
      .trim()
      .replaceAll(/["']/g, "")
      .startsWith(`hotdash:${String(key)}:`),
  );
  return key === undefined || index === -1 ? undefined : index + 1;
};

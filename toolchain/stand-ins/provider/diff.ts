import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import type { ResourceType } from "./resource-type";
import { holdsUnknown, same, type Values } from "./values";

/** The engine's bookkeeping among the inputs (`__defaults` and the like), which is no property of the resource. */
const isProperty = (name: string): boolean => !name.startsWith("__");

/**
 * The properties that differ between two sets of inputs (both plain). A value not known yet counts as a change.
 * `ignored` are the property paths of the resource option `ignoreChanges`.
 */
export const changedProperties = (olds: Values, news: Values, ignored: readonly string[] = []): string[] =>
  [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((name) => isProperty(name) && !ignored.includes(name))
    .filter((name) => holdsUnknown(news[name] ?? null) || !same(olds[name], news[name]))
    .sort();

const kind = (olds: Values, news: Values, property: string, replaces: boolean): PropertyDiff.Kind => {
  const { Kind } = PropertyDiff;
  if ((olds[property] ?? null) === null) return replaces ? Kind.ADD_REPLACE : Kind.ADD;
  if ((news[property] ?? null) === null) return replaces ? Kind.DELETE_REPLACE : Kind.DELETE;
  return replaces ? Kind.UPDATE_REPLACE : Kind.UPDATE;
};

/** The answer to Diff, down to each property. */
export const diffResponse = (
  type: ResourceType,
  olds: Values,
  news: Values,
  ignored: readonly string[],
): DiffResponse => {
  const changed = changedProperties(olds, news, ignored);
  const response = new DiffResponse()
    .setChanges(changed.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE)
    .setDiffsList(changed)
    .setReplacesList(changed.filter(type.replaceOn))
    .setHasdetaileddiff(true);
  for (const property of changed) {
    const detail = new PropertyDiff()
      .setKind(kind(olds, news, property, type.replaceOn(property)))
      .setInputdiff(true);
    response.getDetaileddiffMap().set(property, detail);
  }
  return response;
};

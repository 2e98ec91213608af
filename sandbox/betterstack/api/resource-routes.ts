import type { Api, CallContext } from "../../monitoring/api";
import { readFields } from "../../monitoring/fields";
import type { Entry, Kinds, KindName } from "../account";
import type { Kind, KindContext } from "../kinds/kind";
import { notFound, page, unprocessable, unsupported, type Resource } from "./answers";

/** A thing as it is answered. */
export const resourceOf = <Name extends KindName>(
  kind: Kind<Name>,
  entry: Entry<Kinds[Name]>,
  context: KindContext,
): Resource => ({
  id: String(entry.id),
  type: kind.type,
  attributes: kind.shown?.(entry, context) ?? {
    ...entry.attributes,
    created_at: new Date(entry.createdAt).toISOString(),
    updated_at: new Date(entry.updatedAt).toISOString(),
  },
  ...(kind.relationships && { relationships: kind.relationships(entry, context) }),
});

/** Reads and checks what was sent; throws the 422 that Better Stack answers. */
export const wanted = <Name extends KindName>(
  kind: Kind<Name>,
  call: CallContext,
  context: KindContext,
  before?: Entry<Kinds[Name]>,
): Kinds[Name] => {
  const read = readFields(kind.fields, call.body, before?.attributes);
  call.passedOver(read.ignored);
  if (Object.keys(read.mistakes).length > 0) throw unprocessable(read.mistakes);
  const allowed = { ...read.allowed };
  if (Object.keys(allowed).length === 0) Object.assign(allowed, kind.allowed?.(read.attributes));
  if (Object.keys(allowed).length > 0) throw unsupported(allowed);
  const attributes =
    kind.settle?.(read.attributes, context, before?.attributes, call.body) ?? read.attributes;
  const mistakes = kind.check?.(attributes, context, before?.id) ?? {};
  if (Object.keys(mistakes).length > 0) throw unprocessable(mistakes);
  return attributes;
};

/** List, create, read, change and remove of one kind. */
export const resourceRoutes = <Name extends KindName>(
  api: Api,
  kind: Kind<Name>,
  context: KindContext,
): void => {
  const { account } = context;
  const { name, path, verbs = ["list", "get", "create", "update", "delete"] } = kind;
  const things = account.in(name);

  const parentOf = ({ c, lag }: CallContext): number | undefined => {
    if (kind.parent === undefined) return undefined;
    const parent = Number(c.req.param("parent"));
    if (account.in(kind.parent).get(parent, lag) === undefined) throw notFound();
    return parent;
  };
  const found = (call: CallContext, lag = 0): Entry<Kinds[Name]> => {
    const parent = parentOf(call);
    const entry = things.get(call.id, lag);
    if (entry === undefined || entry.parent !== parent) throw notFound();
    return entry;
  };
  const document = (entry: Entry<Kinds[Name]>): object => ({
    data: resourceOf(kind, entry, context),
    ...(kind.included && { included: kind.included(entry, context) }),
  });

  if (verbs.includes("list"))
    api.route("GET", path, `${name}.list`, (call) => {
      const parent = parentOf(call);
      const asked = new URL(call.c.req.url);
      const matching = Object.entries(kind.filters ?? {}).reduce(
        (entries, [parameter, fits]) => {
          const value = asked.searchParams.get(parameter);
          return value === null ? entries : entries.filter((entry) => fits(entry, value));
        },
        things.list(call.lag).filter((entry) => entry.parent === parent),
      );
      return call.c.json(
        page(
          matching.map((entry) => resourceOf(kind, entry, context)),
          asked,
        ),
      );
    });
  if (verbs.includes("create"))
    api.route("POST", path, `${name}.create`, (call) => {
      const parent = parentOf(call);
      return call.c.json(document(account.add(name, wanted(kind, call, context), parent)), 201);
    });
  if (verbs.includes("get"))
    api.route("GET", `${path}/:id`, `${name}.get`, (call) => call.c.json(document(found(call, call.lag))));
  if (verbs.includes("update"))
    api.route("PATCH", `${path}/:id`, `${name}.update`, (call) => {
      const before = found(call);
      return call.c.json(document(account.change(name, before.id, wanted(kind, call, context, before))));
    });
  if (verbs.includes("delete"))
    api.route("DELETE", `${path}/:id`, `${name}.delete`, (call) => {
      const entry = found(call);
      kind.removed?.(entry, context);
      account.remove(name, entry.id);
      return call.c.body(null, 204);
    });
};

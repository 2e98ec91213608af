import { setTimeout as sleep } from "node:timers/promises";
import type { Api, CallContext } from "../../monitoring/api";
import { readFields } from "../../monitoring/fields";
import type { Entry, Kinds, KindName } from "../account";
import { conflict, forbidden, invalid, notFound } from "../answers";
import type { Kind, KindContext } from "../kinds/kind";

/** How many are on a page, and at most. Chosen: not documented. */
const pageSize = { usual: 50, most: 200 } as const;
/** How long an integration is in the making, milliseconds: another one to the same address is refused meanwhile. */
const making = 60;

/** Reads and checks what was sent; throws the 400 that UptimeRobot answers. */
const wanted = <Name extends KindName>(
  kind: Kind<Name>,
  call: CallContext,
  context: KindContext,
  before?: Kinds[Name],
): Kinds[Name] => {
  const read = readFields(kind.fields, kind.unpacked?.(call.body) ?? call.body, before);
  call.passedOver(read.ignored.filter((key) => key !== "data"));
  const mistakes = [
    ...Object.entries(read.mistakes).flatMap(([name, messages]) =>
      messages.map((message) => `${name} ${message === "can't be blank" ? "should not be empty" : message}`),
    ),
    ...Object.entries(read.allowed).map(
      ([name, values]) => `${name} must be one of the following values: ${values.join(", ")}`,
    ),
  ];
  if (mistakes.length > 0) throw invalid(mistakes.join("; "));
  const mistake = kind.check?.(read.attributes, context, before);
  if (mistake !== undefined) throw invalid(mistake);
  return kind.settle?.(read.attributes, context, before) ?? read.attributes;
};

/** List, create, read, change and remove of one kind below /v3. */
export const resourceRoutes = <Name extends KindName>(
  api: Api,
  kind: Kind<Name>,
  context: KindContext,
): void => {
  const { account } = context;
  const { name, verbs = ["list", "get", "create", "update", "delete"] } = kind;
  const path = `/v3/${name}`;
  const things = account.in(name);

  const found = (id: number, lag = 0): Entry<Kinds[Name]> => {
    const entry = things.get(id, lag);
    if (entry === undefined) throw notFound(kind.title);
    return entry;
  };

  if (verbs.includes("list"))
    api.route("GET", path, `${name}.list`, ({ c, lag }) => {
      const asked = new URL(c.req.url);
      const cursor = Number(asked.searchParams.get("cursor") ?? 0);
      const size = Math.min(Number(asked.searchParams.get("limit")) || pageSize.usual, pageSize.most);
      const matching = Object.entries(kind.filters ?? {}).reduce((entries, [parameter, fits]) => {
        const value = asked.searchParams.get(parameter);
        return value === null ? entries : entries.filter((entry) => fits(entry, value, context));
      }, things.list(lag));
      const left = matching.filter(({ id }) => id > cursor).toSorted((a, b) => a.id - b.id);
      const here = left.slice(0, size);
      const last = here.at(-1)?.id;
      const next = left.length > size && last !== undefined ? new URL(asked) : undefined;
      next?.searchParams.set("cursor", String(last));
      return c.json({
        data: here.map((entry) => kind.shown(entry, context, lag)),
        nextCursorId: next === undefined ? null : last,
        nextLink: next?.href ?? null,
      });
    });
  if (verbs.includes("create")) {
    const inTheMaking = new Set<string>();
    api.route("POST", path, `${name}.create`, async (call) => {
      const attributes = wanted(kind, call, context);
      if (name === "monitors" && things.list().length >= account.plan.monitorLimit)
        throw forbidden(`The plan's limit of ${account.plan.monitorLimit} monitors is reached`);
      if (name === "integrations") {
        const { type, address } = attributes as Kinds["integrations"];
        const key = `${type} ${address}`;
        const known = account
          .in("integrations")
          .list()
          .some((entry) => `${entry.attributes.type} ${entry.attributes.address}` === key);
        if (known || inTheMaking.has(key)) throw conflict("Integration already exists");
        inTheMaking.add(key);
        await sleep(making).finally(() => inTheMaking.delete(key));
      }
      return call.c.json(kind.shown(account.add(name, attributes), context, 0), 201);
    });
  }
  if (verbs.includes("get"))
    api.route("GET", `${path}/:id`, `${name}.get`, ({ c, id, lag }) =>
      c.json(kind.shown(found(id, lag), context, lag)),
    );
  if (verbs.includes("update"))
    api.route("PATCH", `${path}/:id`, `${name}.update`, (call) => {
      const before = found(call.id).attributes;
      const entry = account.change(name, call.id, wanted(kind, call, context, before));
      return call.c.json(kind.shown(entry, context, 0));
    });
  if (verbs.includes("delete"))
    api.route("DELETE", `${path}/:id`, `${name}.delete`, ({ c, id }) => {
      found(id);
      kind.removed?.(id, context, new URL(c.req.url).searchParams);
      account.remove(name, id);
      return c.body(null, 204);
    });
};

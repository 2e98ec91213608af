import { z } from "zod";
import type { RestObject, RestService } from "../rest/service";

const object = z
  .object({ id: z.union([z.string().min(1), z.number()]) })
  .catchall(z.json())
  .transform(({ id, ...attributes }): RestObject => ({ id: String(id), attributes }));
const list = z.object({ items: z.array(object), next: z.string().optional() });

/** The most that the API puts on a page. Source: docs.sentry.io, "Paginating Results". */
const perPage = 100;
const pagePath = (collection: string, cursor?: string): string =>
  `${collection}?per_page=${perPage}${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;

/** Sentry's web API, through {@link sentryDialect}. */
export const sentry: RestService = {
  name: "Sentry",
  tokenKey: "sentryToken",
  tokenVariable: "SENTRY_AUTH_TOKEN",
  urlKey: "sentryApiUrl",
  urlVariable: "SENTRY_API_URL",
  tokenHint:
    "a token with the scopes alerts:read and alerts:write (Sentry, organization settings, Custom Integrations)",
  statusPage: "https://status.sentry.io",
  // Limits differ by endpoint and are told in headers; this is below those that were documented.
  rate: { perSecond: 5, burst: 5 },
  settlesWithin: 10_000,

  firstPage: (collection) => pagePath(collection),
  pageOf: (answer, path) => {
    const read = list.safeParse(answer);
    if (!read.success) return undefined;
    const { items, next } = read.data;
    const [collection = ""] = path.split("?");
    return { objects: items, next: next === undefined ? undefined : pagePath(collection, next) };
  },
  objectOf: (answer) => {
    const read = object.safeParse(answer);
    return read.success ? read.data : undefined;
  },
};

import { z } from "zod";
import type { RestObject, RestService } from "../rest/service";

const object = z
  .looseObject({
    id: z.union([z.string().min(1), z.number()]),
    attributes: z.record(z.string(), z.json()),
  })
  .transform(({ id, attributes }): RestObject => ({ id: String(id), attributes }));

const oneAnswer = z.looseObject({ data: object });
const listAnswer = z.looseObject({
  data: z.array(object),
  pagination: z.looseObject({ next: z.string().nullish() }).nullish(),
});

/** The most that the API puts on a page. Source: docs, "Pagination". */
const perPage = 250;

const pagePath = (collection: string, page: number): string =>
  `${collection}?per_page=${perPage}&page=${page}`;

/** Better Stack's Uptime API, v2 and v3: JSON:API-like objects, pages by number. */
export const betterStack: RestService = {
  name: "Better Stack",
  tokenKey: "betterStackToken",
  tokenVariable: "BETTERSTACK_API_TOKEN",
  urlKey: "betterStackApiUrl",
  urlVariable: "BETTERSTACK_API_URL",
  tokenHint: "an Uptime API token (Better Stack, Settings, API tokens)",
  statusPage: "https://status.betterstack.com",
  // No limit is published; its own Terraform provider keeps to this, so there is none to stay below.
  rate: { perSecond: 8, burst: 10, margin: 1 },
  settlesWithin: 10_000,

  firstPage: (collection) => pagePath(collection, 1),
  pageOf: (answer, path) => {
    const read = listAnswer.safeParse(answer);
    if (!read.success) return undefined;
    const { data, pagination } = read.data;
    if (pagination?.next == null) return { objects: data };
    // The next page's own address may name another host than the one that is configured; only its number counts.
    const [collection = "", query] = path.split("?");
    const page = Number(new URLSearchParams(query).get("page") ?? 1);
    return { objects: data, next: pagePath(collection, page + 1) };
  },
  objectOf: (answer) => {
    const read = oneAnswer.safeParse(answer);
    return read.success ? read.data.data : undefined;
  },
  createsWith: ({ betterStackTeam }) => (betterStackTeam === undefined ? {} : { team_name: betterStackTeam }),
  isOwn: ({ attributes }, { betterStackTeam }) => {
    const team = attributes["team_name"];
    return betterStackTeam === undefined || typeof team !== "string" || team === betterStackTeam;
  },
};

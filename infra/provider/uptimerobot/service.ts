import { z } from "zod";
import { HttpAnswer } from "../http/answer";
import { rateLimitHeaders } from "../http/allowance";
import { isAnswerLost } from "../http/failures";
import { defaultRetryPolicy } from "../remote-call";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../rest/json";
import type { RestObject, RestService } from "../rest/service";
import { unescaped } from "./common";

/** Names and addresses come back escaped for HTML. */
const escapedTexts = ["friendlyName", "name", "url", "value", "webhookURL"];

const pick = (list: Json, key: string): Json =>
  isJsonList(list) ? list.filter(isJsonObject).map((item) => item[key]) : undefined;

/** An answer in the words of requests: some properties are told by other names than they are set by. */
const inWordsOfRequests = (told: JsonObject): JsonObject => ({
  ...told,
  ...("maintenanceWindows" in told && { maintenanceWindowsIds: pick(told["maintenanceWindows"], "id") }),
  ...("tags" in told && { tagNames: pick(told["tags"], "name") }),
  ...("regionalData" in told && { regionData: told["regionalData"] }),
});

const plainTexts = (told: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(told).map(([key, value]) => [
      key,
      escapedTexts.includes(key) && typeof value === "string" ? unescaped(value) : value,
    ]),
  );

const object = z
  .looseObject({ id: z.union([z.string().min(1), z.number()]) })
  .transform(({ id, ...told }): RestObject => ({
    id: String(id),
    attributes: inWordsOfRequests(plainTexts(told as JsonObject)),
  }));

const list = z.looseObject({ data: z.array(object), nextLink: z.string().nullish() });

/** The most that was seen to be given; a service that gives fewer a page is asked for more pages. */
const perPage = 200;

const cursorOf = (link: string): string | undefined => {
  const query = /\?([^#]*)/.exec(link)?.[1];
  return new URLSearchParams(query).get("cursor") ?? undefined;
};

/** An answer 404 of this code may come to a create that was carried out. Source: its Terraform provider. */
const notFoundAlthoughMade = "000-004";

/** UptimeRobot's API v3: plain objects, pages by cursor, reads that may be late. */
export const uptimeRobot: RestService = {
  name: "UptimeRobot",
  tokenKey: "uptimeRobotToken",
  tokenVariable: "UPTIMEROBOT_API_KEY",
  urlKey: "uptimeRobotApiUrl",
  urlVariable: "UPTIMEROBOT_API_URL",
  tokenHint: "the main API key (UptimeRobot, Integrations & API, API)",
  statusPage: "https://status.uptimerobot.com",
  // The plan's limit (10 calls a minute, or twice the monitors) is told with every answer.
  rate: { perSecond: 20, burst: 20 },
  allowanceOf: rateLimitHeaders,
  // With 10 calls a minute the turn of one among many comes late.
  policy: { ...defaultRetryPolicy, requestMs: 30_000, troubleMs: 60_000, waitingMs: 900_000 },
  settlesWithin: 60_000,
  settledLooks: 3,

  firstPage: (collection) => `${collection}?limit=${perPage}`,
  pageOf: (answer, path) => {
    const read = list.safeParse(answer);
    if (!read.success) return undefined;
    const { data, nextLink } = read.data;
    // The next page's own address may name another host than the one that is configured; only its cursor counts.
    const cursor = nextLink == null ? undefined : cursorOf(nextLink);
    if (cursor === undefined) return { objects: data };
    const [collection = ""] = path.split("?");
    return {
      objects: data,
      next: `${collection}?limit=${perPage}&cursor=${encodeURIComponent(cursor)}`,
    };
  },
  objectOf: (answer) => {
    const read = object.safeParse(answer);
    return read.success ? read.data : undefined;
  },
  mayBeMade: (error) =>
    isAnswerLost(error) ||
    (error instanceof HttpAnswer && error.status === 404 && error.code === notFoundAlthoughMade),
};

import type { HttpResponse, Transport } from "../http/transport";

// Sentry's API speaks another dialect than the rest client knows. What differs is put right here, and only here.

/** Django sends whatever lacks its last slash elsewhere, and a POST arrives there as a GET. */
const slashed = (url: string): string => {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname.endsWith("/") ? pathname : `${pathname}/`}${search}`;
};

/** Where the next page begins, out of `<...>; rel="next"; results="true"; cursor="0:100:0"`. */
const nextCursor = (link: string): string | undefined => {
  const next = link.split(/,\s*(?=<)/).find((part) => part.includes('rel="next"'));
  return next?.includes('results="true"') ? /cursor="([^"]+)"/.exec(next)?.[1] : undefined;
};

const parsed = (text: string): unknown => {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return undefined;
  }
};

const isRecord = (json: unknown): json is Record<string, unknown> =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/** A list with its cursor; complaints by property, as Django's serializers tell them, under the usual key. */
const translated = ({ status, headers, text }: HttpResponse): string => {
  const json = parsed(text);
  if (status < 300 && Array.isArray(json))
    return JSON.stringify({ items: json, next: nextCursor(headers.get("link") ?? "") });
  if (status === 400 && isRecord(json) && json["detail"] === undefined)
    return JSON.stringify({ errors: json });
  return text;
};

/** A transport to Sentry: slashes at the ends of paths, PUT for a change, pages by the Link header. */
export const sentryDialect =
  (transport: Transport): Transport =>
  async (request) => {
    const response = await transport({
      ...request,
      method: request.method === "PATCH" ? "PUT" : request.method,
      url: slashed(request.url),
    });
    return { ...response, text: translated(response) };
  };

import type { HonoRequest } from "hono";
import type { Arguments } from "./method";

/** The arguments of a call, where a token may come from, and Slack's word for what is wrong with the body. */
export type ReadArguments =
  | {
      readonly kind: "arguments";
      readonly args: Arguments;
      /** The token argument of a form or query; a JSON body carries none. */
      readonly token: string | undefined;
      readonly warning?: "missing_charset";
    }
  | { readonly kind: "refused"; readonly error: string };

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
};

/** Reads a GET's query, or a POST's query and form or JSON body. `json` false ignores a JSON body. */
export const readArguments = async (request: HonoRequest, json: boolean): Promise<ReadArguments> => {
  const query = request.query();
  const contentType = request.header("content-type") ?? "";
  if (request.method === "GET" || contentType === "")
    return { kind: "arguments", args: query, token: query.token };

  if (/^application\/(x-www-form-urlencoded)|^multipart\/form-data/.test(contentType)) {
    const form = Object.fromEntries(
      Object.entries(await request.parseBody()).filter(([, value]) => typeof value === "string"),
    );
    const args = { ...query, ...form };
    return { kind: "arguments", args, token: typeof args.token === "string" ? args.token : undefined };
  }
  if (!contentType.startsWith("application/json")) return { kind: "refused", error: "invalid_post_type" };

  const body = parseJson(await request.text());
  if (body === undefined) return { kind: "refused", error: "invalid_json" };
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { kind: "refused", error: "json_not_object" };
  return {
    kind: "arguments",
    args: json ? { ...query, ...body } : query,
    token: query.token,
    ...(/charset=/i.test(contentType) ? {} : { warning: "missing_charset" as const }),
  };
};

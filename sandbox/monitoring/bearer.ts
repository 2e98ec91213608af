import type { Context } from "hono";

/** The token that a call came with. */
export const bearerOf = (c: Context): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];

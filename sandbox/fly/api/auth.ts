import { randomBytes } from "node:crypto";
import { Refusal } from "../machines/refusal";

/** The tokens that are good in a run. */
export interface Tokens {
  /** May do all. */
  readonly full: string;
  /** May read, and scrape metrics. */
  readonly readOnly: string;
}

const newToken = (): string => `fm2_${randomBytes(36).toString("base64url")}`;

export const newTokens = (full: string = newToken()): Tokens => ({ full, readOnly: newToken() });

/** Who a caller is, as leases name their owners. Throws where the token is none of ours or may not do this. */
export const caller = (tokens: Tokens, header: string | undefined, writes: boolean): string => {
  const token = /^(?:Bearer|FlyV1) +(?:FlyV1 +)?(.+)$/.exec(header ?? "")?.[1];
  if (token === undefined) throw new Refusal(401, "unauthenticated: no authorization token given");
  if (token === tokens.readOnly) {
    if (writes) throw new Refusal(403, "permission_denied: this token may only read");
    return "read-only@tokens.fly.io";
  }
  if (token !== tokens.full) throw new Refusal(401, "unauthenticated: invalid token");
  return "flymon@tokens.fly.io";
};

import { refused, type Answer } from "../answer";
import { text, type Arguments } from "../method";
import { rules } from "../rules";

/** One page of a list and the cursor of the next, "" on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string;
}

const encode = (offset: number): string => Buffer.from(`next:${offset}`).toString("base64");
const decode = (cursor: string): number => {
  const match = /^next:(\d+)$/.exec(Buffer.from(cursor, "base64").toString());
  return match === null ? NaN : Number(match[1]);
};

/** Cuts the page that `limit` and `cursor` ask for; an answer is the refusal of one of them. */
export const pageOf = <Item>(all: readonly Item[], args: Arguments): Page<Item> | Answer => {
  const limit = text(args, "limit") === "" ? rules.pageDefault : Number(text(args, "limit"));
  if (!Number.isInteger(limit) || limit < 0 || limit > rules.pageLimit) return refused("invalid_limit");
  const size = limit === 0 ? rules.pageDefault : limit;
  const cursor = text(args, "cursor");
  const from = cursor === "" ? 0 : decode(cursor);
  if (Number.isNaN(from) || from > all.length) return refused("invalid_cursor");
  const to = from + size;
  return { items: all.slice(from, to), nextCursor: to < all.length ? encode(to) : "" };
};

import { Refusal } from "../../monitoring/refusal";

/** One resource as JSON:API has it. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly attributes: object;
  readonly relationships?: object;
}

/** How many are on a page, and at most. Source: docs, "Pagination". */
export interface PageSizes {
  readonly usual: number;
  readonly most: number;
}
export const pageSizes: PageSizes = { usual: 50, most: 250 };
export const incidentPageSizes: PageSizes = { usual: 10, most: 50 };

const wholeAbove0 = (text: string | null): number | undefined =>
  text !== null && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;

/** One page of a list; `pagination` holds addresses, or null where there is no such page. */
export const page = (all: readonly Resource[], asked: URL, sizes: PageSizes = pageSizes): object => {
  const size = Math.min(wholeAbove0(asked.searchParams.get("per_page")) ?? sizes.usual, sizes.most);
  const here = wholeAbove0(asked.searchParams.get("page")) ?? 1;
  const last = Math.max(1, Math.ceil(all.length / size));
  const at = (number: number): string => {
    const address = new URL(asked);
    address.searchParams.set("page", String(number));
    return address.href;
  };
  return {
    data: all.slice((here - 1) * size, here * size),
    pagination: {
      first: at(1),
      last: at(last),
      prev: here > 1 ? at(here - 1) : null,
      next: here < last ? at(here + 1) : null,
    },
  };
};

/** Rails' words: a message starts with a capital and ends with a full stop. */
const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

export const unprocessable = (mistakes: Readonly<Record<string, readonly string[]>>): Refusal =>
  new Refusal(422, {
    errors: Object.fromEntries(
      Object.entries(mistakes).map(([name, messages]) => [
        name,
        messages.map((message) => (message === "can't be blank" ? sentence(message) : message)),
      ]),
    ),
  });
export const unsupported = (allowed: Readonly<Record<string, readonly unknown[]>>): Refusal =>
  new Refusal(422, { errors: "Sorry, these attributes have unsupported values", allowed_values: allowed });

export const notFound = (): Refusal =>
  new Refusal(404, { errors: "Resource with provided ID was not found" });
export const invalidToken = (): Refusal => new Refusal(401, { errors: "Invalid Team API token" });
export const forbidden = (): Refusal =>
  new Refusal(403, { errors: "The token is not allowed to access this resource" });
export const malformed = (): Refusal => new Refusal(400, { errors: "The request body is not valid JSON" });
export const conflict = (words: string): Refusal => new Refusal(409, { errors: words });
export const badRequest = (words: string): Refusal => new Refusal(400, { errors: words });

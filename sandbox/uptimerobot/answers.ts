import { Refusal } from "../monitoring/refusal";

/** Codes beyond "000-004" (documented by what the vendor's own client expects) are chosen. */
export const notFound = (what: string): Refusal =>
  new Refusal(404, { message: `${what} not found`, code: "000-004" });
export const invalid = (message: string): Refusal => new Refusal(400, { message, code: "000-001" });
export const unauthorized = (): Refusal =>
  new Refusal(401, { message: "Unauthorized: the API key is not valid", code: "000-002" });
export const forbidden = (message: string): Refusal => new Refusal(403, { message, code: "000-003" });
export const conflict = (message: string): Refusal => new Refusal(409, { message, code: "000-009" });

/** Names and addresses come back escaped for HTML. */
export const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#039;");

/** The service's own time format. */
export const moment = (at: number): string => new Date(at).toISOString();

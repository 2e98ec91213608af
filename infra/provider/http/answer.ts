import { refusalOf, type Complaint } from "./complaints";
import type { HttpResponse } from "./transport";

/** An answer that is not what was asked for: refused, broken, or not of this service. */
export class HttpAnswer extends Error {
  override readonly name = "HttpAnswer";
  constructor(
    readonly status: number,
    readonly complaints: readonly Complaint[],
    /** The service's code for this error. */
    readonly code: string | undefined,
    /** Milliseconds, of Retry-After. */
    readonly retryAfter: number | undefined,
  ) {
    super(`HTTP status ${status}`);
  }
}

const retryAfterOf = (header: string | null, now: number): number | undefined => {
  if (header === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(header)) return Math.ceil(Number(header) * 1_000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};

/** @param now in ms since 1970: Retry-After may name a time of day */
export const answerOf = ({ status, headers, text }: HttpResponse, now: number): HttpAnswer => {
  const { complaints, code } = refusalOf(text);
  return new HttpAnswer(status, complaints, code, retryAfterOf(headers.get("retry-after"), now));
};

/** The HTTP status of a refusal; undefined for every other failure. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof HttpAnswer ? error.status : undefined;

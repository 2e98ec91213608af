/** A call that is refused: its HTTP status and the words of the error body. */
export class Refusal extends Error {
  constructor(
    readonly httpStatus: 400 | 401 | 403 | 404 | 408 | 409 | 412 | 422 | 429 | 503,
    message: string,
    readonly details: { readonly status?: string; readonly retryAfter?: number } = {},
  ) {
    super(message);
  }
}

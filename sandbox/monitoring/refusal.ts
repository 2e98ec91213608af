/** A call that a service refuses: the status and body that it answers. */
export class Refusal extends Error {
  constructor(
    readonly httpStatus: number,
    readonly body: object,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${httpStatus} ${JSON.stringify(body)}`);
  }
}

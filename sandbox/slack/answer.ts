/** A Web API answer. Slack sends failures with HTTP 200, too: `ok` alone tells. */
export interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly [field: string]: unknown;
}

/** Success, with what the method returns. */
export const ok = (fields: Readonly<Record<string, unknown>> = {}): Answer => ({ ok: true, ...fields });

/** Refusal with Slack's error word. */
export const refused = (error: string, fields: Readonly<Record<string, unknown>> = {}): Answer => ({
  ok: false,
  error,
  ...fields,
});

/** Refusal of malformed arguments, each explained as Slack does: "[ERROR] missing required field: channel". */
export const invalidArguments = (...messages: readonly string[]): Answer =>
  refused("invalid_arguments", {
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });

/** Success with a warning word, which Slack states twice. */
export const okWithWarning = (warning: string, fields: Readonly<Record<string, unknown>>): Answer =>
  ok({ ...fields, warning, response_metadata: { warnings: [warning] } });

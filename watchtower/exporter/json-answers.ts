import type { AnswerConditions, JsonAnswer } from "../../infra/model/exporter-config";
import { fetchBounded, jsonOf } from "./fetch-bounded";
import type { Machine } from "./machine";
import type { AppState, ReadAnswer } from "./state";
import { answering, answerKey, jsonAnswers, privateUrl } from "./state";

const longestAnswer = 1_000_000;

/** The field at a dotted path, "a.b[0].c"; undefined where there is none. */
export const fieldAt = (body: unknown, path: string): unknown =>
  path
    .split(/[.[\]]+/)
    .filter((part) => part !== "")
    .reduce<unknown>(
      (value, part) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined,
      body,
    );

const isScalar = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);

/** Which of the declared conditions fail in a body; with no usable body, all. */
export const failingConditions = (
  { fields }: Pick<AnswerConditions, "fields">,
  body: unknown,
): ReadonlyMap<string, boolean> =>
  new Map(
    fields.map(({ path, equals }) => {
      const found = fieldAt(body, path);
      return [path, !(isScalar(found) && String(found) === equals)];
    }),
  );

/**
 * When the oldest of a list of waiting approvals was made, milliseconds since 1970; null with none waiting, undefined
 * where the body is no such list or an entry has no date.
 */
export const oldestApproval = (body: unknown): number | null | undefined => {
  if (!Array.isArray(body)) return undefined;
  const made = body.map((entry: unknown) => {
    const date = fieldAt(entry, "createdAt");
    return typeof date === "string" ? Date.parse(date) : NaN;
  });
  if (made.some(Number.isNaN)) return undefined;
  return made.length === 0 ? null : made.reduce((oldest, at) => Math.min(oldest, at));
};

const hasConditions = (answer: JsonAnswer | AnswerConditions): answer is AnswerConditions =>
  "fields" in answer;

interface Bounds {
  readonly answerTimeoutMs: number;
  readonly signal: AbortSignal;
}

const read = async (
  machine: Machine,
  answer: JsonAnswer | AnswerConditions,
  { answerTimeoutMs, signal }: Bounds,
): Promise<ReadAnswer> => {
  const body = await fetchBounded(privateUrl(machine, answer), {
    // One connection for one answer: none is left open at a machine that wants to end.
    headers: { Accept: "application/json", ...answer.headers, Connection: "close" },
    timeoutMs: answerTimeoutMs,
    maxBytes: longestAnswer,
    signal,
  }).then(
    ({ status, text }) =>
      status === (hasConditions(answer) ? answer.expectedStatus : 200) ? jsonOf(text) : undefined,
    () => undefined,
  );
  const at = Date.now();
  if (hasConditions(answer)) return { at, failing: failingConditions(answer, body) };
  const oldest = oldestApproval(body);
  return { at, ...(oldest !== undefined && { oldestApproval: oldest }) };
};

/** Machines that have not answered yet are not asked again. */
export type UnderWay = Set<string>;

/** Asks the started machines of an app for their answers, each by itself: a hung one delays no other. */
export const readAnswers = (
  state: AppState,
  machines: readonly Machine[],
  underWay: UnderWay,
  bounds: Bounds,
): void => {
  const wanted = new Set<string>();
  jsonAnswers(state.app).forEach((answer, index) => {
    for (const machine of answering(state.app, machines, answer)) {
      const key = answerKey(machine, index);
      wanted.add(key);
      if (underWay.has(key)) continue;
      underWay.add(key);
      void read(machine, answer, bounds).then((found) => {
        underWay.delete(key);
        state.answers.set(key, found);
      });
    }
  });
  for (const key of state.answers.keys()) if (!wanted.has(key)) state.answers.delete(key);
};

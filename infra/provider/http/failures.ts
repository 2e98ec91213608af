import { messageOf, ProviderError } from "../errors";
import { isCertificateError, networkCode, notSentCodes } from "../network";
import type { Verdict } from "../remote-call";
import { HttpAnswer } from "./answer";
import type { Complaint } from "./complaints";
import type { HttpService } from "./service";

// What failures mean: for the next attempt, and for the reader.

/** Whether the service may have done what was asked although no usable answer came. */
export const isAnswerLost = (error: unknown): boolean => {
  if (error instanceof HttpAnswer)
    return error.status >= 500 || error.status < 300 || [408, 425].includes(error.status);
  const code = networkCode(error);
  return code !== "" && !notSentCodes.has(code) && !isCertificateError(code);
};

const defaultWaitMs = 2_000;
const leastWaitMs = 100;

/** @param isRepeatable whether the call may be sent again after its answer was lost */
export const judge =
  (isRepeatable: boolean) =>
  (error: unknown): Verdict => {
    if (error instanceof HttpAnswer && error.status === 429)
      return { kind: "wait", ms: Math.max(leastWaitMs, error.retryAfter ?? defaultWaitMs) };
    if (isAnswerLost(error)) return { kind: isRepeatable ? "retry" : "fail" };
    return { kind: notSentCodes.has(networkCode(error)) ? "retry" : "fail" };
  };

/** The service's property path as the declaration has it. */
export type PropertyNames = (path: string) => string;
const asItCame: PropertyNames = (path) => path;

const said = (complaints: readonly Complaint[], names: PropertyNames): string =>
  complaints
    .map(({ path, words }) => {
      // What was cut off stays so: by its dots the redactor knows that half a secret may stand before them.
      const plain = words.endsWith("...") ? words : words.replace(/[.\s]+$/, "");
      return path === undefined ? plain : `${names(path)}: ${plain}`;
    })
    .join("; ");

const mendOf = (status: number, service: HttpService): string => {
  const key = `flymon:${service.tokenKey}`;
  const set = `Set ${service.tokenHint}: \`pulumi config set --secret ${key} TOKEN\` or \`export ${service.tokenVariable}=...\`.`;
  switch (status) {
    case 401:
      return `The token in ${key} (or ${service.tokenVariable}) is not valid. ${set}`;
    case 403:
      return `The token in ${key} (or ${service.tokenVariable}) may not do this. ${set}`;
    case 404:
    case 410:
      return "Run `pulumi refresh` to forget what is gone; the next `pulumi up` makes it anew.";
    case 402:
      return "The account's plan does not include this: change the plan or the declaration.";
    case 429:
      return "Other programs may be using the same token. Run again in some minutes: what is done stays.";
    case 400:
    case 409:
    case 422:
      return "Change what is refused in the declaration, then run again.";
    default:
      return status >= 500
        ? `See ${service.statusPage}, then run again: it goes on from here.`
        : `Check flymon:${service.urlKey} (or ${service.urlVariable}) and any proxy between, then run again.`;
  }
};

/** The message for the user: what was attempted, what came back in the service's own words, what to do. */
export const explain = (
  error: unknown,
  attempted: string,
  service: HttpService,
  host: string,
  names: PropertyNames = asItCame,
): Error => {
  if (error instanceof HttpAnswer) {
    const words = said(error.complaints, names) || (error.status < 400 ? "not an answer of its API" : "");
    const code = error.code === undefined ? "" : `, code ${error.code}`;
    const detail = words === "" ? code.slice(2) : `${words}${code}`;
    const answer = `answered ${error.status}${detail === "" ? " without a word" : ` (${detail})`}`;
    return failure(service, host, attempted, answer, mendOf(error.status, service));
  }
  const code = networkCode(error);
  if (error instanceof ProviderError || code === "")
    return error instanceof Error ? error : new Error(messageOf(error));
  const answer = code === "ETIMEDOUT" ? "no answer came in time" : `it is not reachable (${code})`;
  const mend = `Check the network, flymon:${service.urlKey} (or ${service.urlVariable}) and ${service.statusPage}, then run again.`;
  return failure(service, host, attempted, answer, mend);
};

export const failure = (
  service: HttpService,
  host: string,
  attempted: string,
  answer: string,
  mend: string,
): ProviderError => new ProviderError({ service: `${service.name} (${host})`, attempted, answer, mend });

export const missingToken = (service: HttpService, attempted: string): ProviderError =>
  new ProviderError({
    service: service.name,
    attempted,
    answer: "no token is configured",
    mend: `Set ${service.tokenHint}: \`pulumi config set --secret flymon:${service.tokenKey} TOKEN\` or \`export ${service.tokenVariable}=...\`.`,
  });

import { z } from "zod";
import {
  answersError,
  badGateway,
  lostAnswer,
  noAnswer,
  rateLimitedBy,
  resetBefore,
  slowBody,
  staleRead,
  truncated,
  type CallFault,
} from "../faults/call-fault";
import { fault, noParameters, type Fault } from "../faults/fault";

// What every service that watches can suffer.

const refusal = z.strictObject({ status: z.union([z.literal(401), z.literal(403)]).default(401) });

/** What lets a caller in is refused: unknown (401) or not allowed (403). `called` is the service's word for it. */
export const refusedBy = (called: "token" | "key"): Fault<typeof refusal> =>
  fault({
    name: "token-refused",
    summary: `the ${called} is no longer valid`,
    parameters: refusal,
    example: { status: 401 },
  });

/** Notifications are recorded as failed and reach nobody. */
export const deliveriesFail = fault({
  name: "deliveries-fail",
  summary: "notifications reach nobody",
  parameters: noParameters,
  example: {},
});

/** The faults that can strike a single call, in the form that the service gives its words; `own` are this service's. */
export const callFaultsOf = (
  body: (words: string) => object,
  brokenWords: string,
  own: readonly CallFault[] = [],
): readonly CallFault[] => {
  const says = (words: string) => () => body(words);
  return [
    rateLimitedBy(says("Too many requests")),
    answersError("server-error", 500, says(brokenWords)),
    badGateway,
    answersError("unavailable", 503, says("Service unavailable")),
    noAnswer,
    resetBefore,
    lostAnswer,
    ...own,
    slowBody,
    truncated,
    staleRead,
  ];
};

import type { Configuration } from "../configuration";
import type { RetryPolicy } from "../remote-call";
import type { Allowance } from "./allowance";
import type { Rate } from "./pacer";

/** A service that is spoken to in JSON over HTTP with one token. */
export interface HttpService {
  /** As people call it: "Better Stack". */
  readonly name: string;
  /** The configuration's keys, and the environment variables that stand in for them. */
  readonly tokenKey: keyof Configuration;
  readonly tokenVariable: string;
  readonly urlKey: keyof Configuration;
  readonly urlVariable: string;
  /** What the token is and where it is found: "an Uptime API token (Better Stack, API tokens)". */
  readonly tokenHint: string;
  /** Where the service says that it is in trouble. */
  readonly statusPage: string;
  /** All calls with one token share it. */
  readonly rate: Rate;
  /** What an answer's headers say of the calls that are left, where the service tells. */
  readonly allowanceOf?: (headers: {
    readonly get: (name: string) => string | null;
  }) => Allowance | undefined;
  /** Bounds of each call, where not the usual. */
  readonly policy?: RetryPolicy;
  /**
   * For how long after a write the service may still answer with what was before, in ms: a new thing that is not
   * found, a list without it.
   */
  readonly settlesWithin: number;
}

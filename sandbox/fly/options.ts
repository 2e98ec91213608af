/** How the sandbox's Fly is started. */
export interface FlyOptions {
  /** How many times faster than the real one; 20 where not given, so that minutes become seconds. */
  readonly factor?: number | undefined;
  /** Multiplies the API's rate limits; 1 where not given, Infinity for none. */
  readonly limits?: number | undefined;
  /** The token that may do all; a random one where not given. */
  readonly token?: string | undefined;
  /** How long the proxy holds a request for which no machine is ready, milliseconds of ours. */
  readonly hold?: number | undefined;
  /** The API's port; a free one where not given. */
  readonly port?: number | undefined;
}

export const defaultFactor = 20;

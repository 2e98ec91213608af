/** What a probe found: how long the answer took, or why there is none that will do. */
export type ProbeResult =
  | {
      readonly ok: true;
      readonly milliseconds: number;
      readonly status?: number | undefined;
      /** Days until the certificate ends, where there is one. */
      readonly certificateDays?: number | undefined;
    }
  | { readonly ok: false; readonly cause: string; readonly response?: string | undefined };

export const failed = (cause: string, response?: string): ProbeResult => ({
  ok: false,
  cause,
  ...(response !== undefined && { response }),
});

/** Addresses elsewhere are never connected to. */
export const elsewhere = failed("Unreachable: the sandbox only probes 127.0.0.0/8");

/** A probe's limits. */
export interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

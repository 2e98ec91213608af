import { systemClock, type Clock } from "./clock";

/** How long and how often a remote service is asked before an operation fails. */
export interface RetryPolicy {
  /** Attempts that fail by themselves; waits that the service asked for do not count. */
  readonly attempts: number;
  /** Bound of one request, in ms. */
  readonly requestMs: number;
  /** Bound of all attempts while the service is unreachable or broken, in ms. */
  readonly troubleMs: number;
  /** Bound of all waits that the service asked for by Retry-After, in ms. */
  readonly waitingMs: number;
}

/** About 20 s for a service that does not answer; three minutes for one that says when to come back. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 5,
  requestMs: 10_000,
  troubleMs: 20_000,
  waitingMs: 180_000,
};

/** What an error of one attempt means for the next. */
export type Verdict =
  | { readonly kind: "fail" }
  | { readonly kind: "retry" }
  /** The service named the time after which it will answer again. */
  | { readonly kind: "wait"; readonly ms: number };

/** When each rate-limited method may be called again; shared by all calls with one token. */
export type Pace = Map<string, number>;

export interface RemoteCall<Answer> {
  /** The name that the service's rate limit goes by. */
  readonly method: string;
  /** Waited for before each attempt; its time is not the attempt's. */
  readonly turn?: (signal: AbortSignal) => Promise<void>;
  readonly attempt: (signal: AbortSignal) => Promise<Answer>;
  readonly judge: (error: unknown) => Verdict;
  /** Told before each longer wait. */
  readonly onWait: (ms: number) => void;
  readonly pace: Pace;
  readonly policy: RetryPolicy;
  /** The operation's own signal. */
  readonly signal: AbortSignal;
  /** True for a call that must not be torn once it is sent, because it makes something; its time stays bounded. */
  readonly isUninterruptible?: boolean;
  /** The system's own where not given. */
  readonly clock?: Clock;
}

const firstDelayMs = 250;
const longestDelayMs = 8_000;

/** Calls a service: bounded in time and attempts, with jitter, at the pace that the service asked for. */
export const callRemote = async <Answer>(call: RemoteCall<Answer>): Promise<Answer> => {
  const { method, pace, policy, signal, clock = systemClock } = call;
  let troubleLeft = policy.troubleMs;
  let waitingLeft = policy.waitingMs;
  for (let failures = 0; ;) {
    const pause = (pace.get(method) ?? 0) - clock.now();
    if (pause > 0) {
      waitingLeft -= pause;
      call.onWait(pause);
      // Jitter, so that all that waited do not come back in the same moment.
      await clock.sleep(pause + clock.random() * Math.min(250, pause), signal);
    }
    signal.throwIfAborted();
    await call.turn?.(signal);
    const started = clock.now();
    try {
      const bound = clock.within(Math.max(1, Math.min(policy.requestMs, troubleLeft)));
      return await call.attempt(call.isUninterruptible ? bound : AbortSignal.any([bound, signal]));
    } catch (error) {
      signal.throwIfAborted();
      const verdict = call.judge(error);
      if (verdict.kind === "fail") throw error;
      if (verdict.kind === "wait") {
        if (verdict.ms > waitingLeft) throw error;
        pace.set(method, Math.max(pace.get(method) ?? 0, clock.now() + verdict.ms));
        continue;
      }
      failures++;
      const delay = clock.random() * Math.min(longestDelayMs, firstDelayMs * 2 ** failures);
      troubleLeft -= clock.now() - started + delay;
      if (failures >= policy.attempts || troubleLeft <= 0) throw error;
      await clock.sleep(delay, signal);
    }
  }
};

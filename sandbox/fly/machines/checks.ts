import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../clock";
import { namedChecks, type NamedCheck } from "../model/check-names";
import { goMilliseconds } from "../model/go-duration";
import type { CheckStatus, Machine } from "../model/machine";
import type { Estate } from "./estate";

/** Times of a check where it names none, milliseconds. Source: Fly's fly.toml reference. */
const defaults = { interval: 15_000, timeout: 2_000, grace: 1_000 } as const;
/** A check that does not pass is tried again sooner, milliseconds of there. */
const retryAfter = 2_000;
/** However fast time runs: an answer may take this long of ours, milliseconds. */
const leastTimeout = 1_000;
/** And a program needs this long of ours to begin to answer. */
const leastGrace = 3_000;
const leastPause = 50;
const shownOutput = 512;

interface Finding {
  readonly passed: boolean;
  readonly output: string;
}

const reason = (error: Error & { readonly code?: string }): string =>
  error.code === "ECONNREFUSED" ? "connect: connection refused" : error.message;

const http = ({ port, check }: NamedCheck, address: string, timeout: number): Promise<Finding> =>
  new Promise((resolve) => {
    const fail = (output: string): void => {
      resolve({ passed: false, output });
    };
    const headers = Object.fromEntries((check.headers ?? []).map(({ name, values }) => [name, values]));
    const protocol = check.protocol ?? "http";
    const method = (check.method ?? "GET").toUpperCase();
    const path = check.path ?? "/";
    const signal = AbortSignal.timeout(timeout);
    const ask = protocol === "https" ? httpsRequest : httpRequest;
    const request = ask(
      {
        host: address,
        port,
        method,
        path,
        headers,
        agent: false,
        signal,
        rejectUnauthorized: check.tls_skip_verify !== true,
      },
      (response) => {
        const body: Buffer[] = [];
        response.on("data", (part: Buffer) => body.push(part));
        response.on("error", (error) => {
          fail(reason(error));
        });
        response.on("end", () => {
          const status = response.statusCode ?? 0;
          const text = Buffer.concat(body).toString().slice(0, shownOutput);
          const words = `HTTP ${method} ${protocol}://${address}:${port}${path}: ${status} ${response.statusMessage ?? ""}`;
          resolve({ passed: status >= 200 && status < 300, output: `${words} Output: ${text}` });
        });
      },
    );
    request.on("error", (error) => {
      fail(signal.aborted ? "context deadline exceeded (Client.Timeout exceeded)" : reason(error));
    });
    request.end();
  });

const tcp = ({ port }: NamedCheck, address: string, timeout: number): Promise<Finding> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout });
    const done = (passed: boolean, output: string): void => {
      socket.destroy();
      resolve({ passed, output });
    };
    socket.once("connect", () => {
      done(true, "Success");
    });
    socket.once("timeout", () => {
      done(false, "i/o timeout");
    });
    socket.once("error", (error) => {
      done(false, reason(error));
    });
  });

/** Runs every check of every started machine against its process. */
export const runChecks = (estate: Estate, clock: Clock): { stop(): void } => {
  /** What each machine's findings are of. */
  const running = new Map<string, { readonly of: string; readonly abort: AbortController }>();

  const record = (machine: Machine, name: string, status: CheckStatus, output: string): void => {
    const finding = machine.checks.find((candidate) => candidate.name === name);
    if (finding === undefined) return;
    finding.output = output;
    if (finding.status === status) return;
    finding.status = status;
    finding.updatedAt = Date.now();
    estate.changed(machine);
  };

  const watch = async (machine: Machine, named: NamedCheck, signal: AbortSignal): Promise<void> => {
    const { check } = named;
    const time = (key: "interval" | "timeout" | "grace_period", fallback: number): number => {
      const value = check[key];
      return value === undefined ? fallback : goMilliseconds(value);
    };
    const timeout = time("timeout", defaults.timeout);
    const interval = time("interval", defaults.interval);
    const grace = time("grace_period", defaults.grace);
    const graceEnds = machine.startedAt + clock.ms(grace, Math.min(grace, leastGrace));
    const over = (): boolean => signal.aborted;
    while (!over()) {
      const run = check.type === "http" ? http : tcp;
      const { passed, output } = await run(
        named,
        machine.address,
        clock.ms(timeout, Math.min(timeout, leastTimeout)),
      );
      if (over()) return;
      // A failure within the grace period is not counted yet.
      const inGrace = !passed && Date.now() < graceEnds;
      const before = machine.checks.find(({ name }) => name === named.name)?.status ?? "warning";
      record(machine, named.name, passed ? "passing" : inGrace ? before : "critical", output);
      await sleep(clock.ms(passed ? interval : Math.min(interval, retryAfter), leastPause), undefined, {
        signal,
      }).catch(() => undefined);
    }
  };

  const renew = (machine: Machine): void => {
    const started = machine.state === "started";
    // A resumed program is checked anew as well as a started one.
    const of = `${machine.instanceId} ${started ? machine.startedAt : "not started"}`;
    const current = running.get(machine.id);
    if (current?.of === of) return;
    current?.abort.abort();
    const abort = new AbortController();
    running.set(machine.id, { of, abort });
    const checks = namedChecks(machine.config);
    const output = started ? "waiting for status update" : "the machine hasn't started";
    const now = Date.now();
    machine.checks = checks.map(({ name }) => ({ name, status: "warning", output, updatedAt: now }));
    if (started) for (const named of checks) void watch(machine, named, abort.signal);
  };

  const unwatch = estate.watch(renew);
  return {
    stop: () => {
      unwatch();
      running.forEach(({ abort }) => {
        abort.abort();
      });
      running.clear();
    },
  };
};

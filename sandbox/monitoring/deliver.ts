import { setTimeout as pause } from "node:timers/promises";
import { loopbackUrl } from "./loopback";

const timeoutMs = 5_000;
/** Pauses before a delivery is tried again, milliseconds. */
const pauses = [300, 1_000, 3_000] as const;
const longestWait = 10_000;

/** What is sent to an address that a notification goes to. */
export interface Delivery {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What became of it: the status answered, and why where it did not arrive. */
export interface Delivered {
  readonly ok: boolean;
  readonly httpStatus?: number;
  readonly reason?: string;
}

/** Sends it to loopback, again where the other side fails or is busy. Never throws. */
export const deliver = async (
  { url, method, headers = {}, body }: Delivery,
  signal: AbortSignal,
): Promise<Delivered> => {
  const address = loopbackUrl(url);
  if (address === undefined) return { ok: false, reason: "the sandbox only delivers to 127.0.0.0/8" };
  for (let attempt = 0; ; attempt += 1) {
    let result: Delivered;
    let wait: number | undefined = pauses[attempt];
    try {
      const response = await fetch(address, {
        method,
        headers,
        redirect: "manual",
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]),
        ...(body !== undefined && !/^(get|head)$/i.test(method) && { body }),
      });
      const answer = await response.text();
      if (response.ok) return { ok: true, httpStatus: response.status };
      result = { ok: false, httpStatus: response.status, reason: answer.slice(0, 200) };
      const again = response.status === 429 || response.status >= 500;
      if (!again) return result;
      const asked = Number(response.headers.get("retry-after"));
      if (wait !== undefined && asked > 0) wait = Math.min(longestWait, asked * 1_000);
    } catch (error) {
      const { cause, name } = error as Error & { cause?: { code?: string } };
      result = { ok: false, reason: cause?.code ?? name };
    }
    if (wait === undefined || signal.aborted) return result;
    await pause(wait, undefined, { signal }).catch(() => undefined);
  }
};

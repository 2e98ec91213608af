import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { TLSSocket } from "node:tls";
import { loopbackUrl } from "../loopback";
import { elsewhere, failed, type Limits, type ProbeResult } from "./result";

/** Of a body so much is read, bytes. */
const bodyRead = 1_000_000;
/** Of it so much is told with an incident, characters. */
const bodyTold = 500;
const mostRedirects = 5;
const day = 86_400_000;

/** A request to make, and what its answer has to be. */
export interface HttpProbe {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly auth?: { readonly username: string; readonly password: string };
  readonly followRedirects: boolean;
  readonly verifyCertificate: boolean;
  /** Says what is wrong with the status. */
  readonly judgeStatus: (status: number) => string | undefined;
  /** Says what is wrong with the body. */
  readonly judgeBody?: (body: string) => string | undefined;
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
  readonly certificateDays: number | undefined;
}

const certificateDays = (response: IncomingMessage): number | undefined => {
  if (!(response.socket instanceof TLSSocket)) return undefined;
  const validTo = Date.parse(response.socket.getPeerCertificate().valid_to);
  return Number.isNaN(validTo) ? undefined : Math.floor((validTo - Date.now()) / day);
};

const ask = (probe: HttpProbe, url: URL, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method, headers, auth, body } = probe;
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(
      url,
      {
        method,
        signal,
        agent: false,
        rejectUnauthorized: probe.verifyCertificate,
        headers: { "User-Agent": "sandbox monitor", ...headers },
        ...(auth !== undefined && { auth: `${auth.username}:${auth.password}` }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const finish = (): void => {
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location,
            body: Buffer.concat(chunks).toString("utf8"),
            certificateDays: certificateDays(response),
          });
        };
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size > bodyRead) {
            finish();
            response.destroy();
          }
        });
        response.on("end", finish);
        response.on("error", reject);
        response.on("aborted", () => {
          reject(new Error("the connection was cut"));
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });

/** Sends the request and judges the answer; redirects lead to loopback only, too. */
export const probeHttp = async (probe: HttpProbe, { timeoutMs, signal }: Limits): Promise<ProbeResult> => {
  const started = performance.now();
  const timeout = AbortSignal.timeout(timeoutMs);
  let url = loopbackUrl(probe.url);
  try {
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      if (url === undefined) return elsewhere;
      const answer = await ask(probe, url, AbortSignal.any([timeout, signal]));
      const redirects = probe.followRedirects && answer.status >= 300 && answer.status < 400;
      if (redirects && answer.location !== undefined) {
        url = loopbackUrl(new URL(answer.location, url).href);
        continue;
      }
      const wrong = probe.judgeStatus(answer.status) ?? probe.judgeBody?.(answer.body);
      if (wrong !== undefined) return failed(wrong, answer.body.slice(0, bodyTold));
      return {
        ok: true,
        milliseconds: performance.now() - started,
        status: answer.status,
        certificateDays: answer.certificateDays,
      };
    }
    return failed("Too many redirects");
  } catch (error) {
    if (timeout.aborted) return failed(`Timeout (no response in ${timeoutMs} ms)`);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ECONNREFUSED") return failed("Connection refused");
    return failed(code === undefined ? message : `${code}: ${message}`);
  }
};

import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { connect } from "node:net";
import { loopbackAddress } from "../loopback";
import { elsewhere, failed, type Limits, type ProbeResult } from "./result";

/** How a mail server greets. */
export const greetings = { smtp: /^220/, pop: /^\+OK/, imap: /^\* OK/ } as const;

const told = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ECONNREFUSED" ? "Connection refused" : (code ?? message);
};

/** Connects to each of the ports; with a greeting the server has to say it. */
export const probeTcp = async (
  host: string,
  ports: readonly number[],
  greeting: RegExp | undefined,
  limits: Limits,
): Promise<ProbeResult> => {
  const address = loopbackAddress(host);
  if (address === undefined) return elsewhere;
  const started = performance.now();
  const one = (port: number): Promise<string | undefined> =>
    new Promise((resolve) => {
      const socket = connect({ host: address, port, signal: limits.signal });
      const end = (wrong?: string): void => {
        socket.destroy();
        resolve(wrong === undefined ? undefined : `${wrong} (port ${port})`);
      };
      socket.setTimeout(limits.timeoutMs, () => {
        end(`Timeout (no response in ${limits.timeoutMs} ms)`);
      });
      socket.on("error", (error) => {
        end(told(error));
      });
      if (greeting === undefined)
        socket.on("connect", () => {
          end();
        });
      else
        socket.once("data", (data) => {
          end(greeting.test(data.toString("utf8")) ? undefined : "Unexpected greeting");
        });
    });
  const wrong = (await Promise.all(ports.map(one))).find((cause) => cause !== undefined);
  return wrong === undefined ? { ok: true, milliseconds: performance.now() - started } : failed(wrong);
};

/** Sends a datagram and waits for one that holds the keyword. */
export const probeUdp = (
  host: string,
  port: number,
  payload: string,
  keyword: string,
  { timeoutMs, signal }: Limits,
): Promise<ProbeResult> => {
  const address = loopbackAddress(host);
  if (address === undefined) return Promise.resolve(elsewhere);
  const started = performance.now();
  return new Promise((resolve) => {
    const socket = createSocket({ type: "udp4", signal });
    const timer = setTimeout(() => {
      end(failed(`Timeout (no response in ${timeoutMs} ms)`));
    }, timeoutMs);
    const end = (result: ProbeResult): void => {
      clearTimeout(timer);
      socket
        .removeAllListeners("message")
        .removeAllListeners("error")
        .on("error", () => undefined);
      socket.close();
      resolve(result);
    };
    socket.on("error", (error) => {
      end(failed(told(error)));
    });
    socket.on("message", (data) => {
      if (data.toString("utf8").includes(keyword))
        end({ ok: true, milliseconds: performance.now() - started });
    });
    socket.connect(port, address, () => {
      socket.send(payload);
    });
  });
};

/** Asks a name server for a domain's address. */
export const probeDns = async (host: string, domain: string, { timeoutMs }: Limits): Promise<ProbeResult> => {
  const [name = "", port = "53"] = host.split(":");
  const address = loopbackAddress(name);
  if (address === undefined) return elsewhere;
  const started = performance.now();
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  resolver.setServers([`${address}:${port}`]);
  try {
    await resolver.resolve(domain);
    return { ok: true, milliseconds: performance.now() - started };
  } catch (error) {
    return failed(`DNS: ${told(error)}`);
  }
};

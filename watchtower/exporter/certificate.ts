import { connect } from "node:tls";

/**
 * When the certificate of a host ends, milliseconds since 1970. Ends the connection after the handshake, which is with
 * Fly's edge: no machine hears of it. An ended or foreign certificate is read all the same. Rejects without one.
 */
export const certificateEnd = (
  { host, port }: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, servername: host, rejectUnauthorized: false, timeout: timeoutMs });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.once("error", fail);
    socket.once("timeout", () => {
      fail(new Error("no answer in time"));
    });
    socket.once("secureConnect", () => {
      const ends = Date.parse(socket.getPeerCertificate().valid_to);
      socket.destroy();
      if (Number.isNaN(ends)) reject(new Error("no certificate"));
      else resolve(ends);
    });
  });

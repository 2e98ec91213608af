import { createTransport } from "nodemailer";
import type { Delivered } from "./deliver";

const timeoutMs = 5_000;

/** Sends a mail. Never throws. */
export type SendMail = (to: string, subject: string, text: string) => Promise<Delivered>;

/** Mails by an SMTP server on loopback, "127.0.0.1:PORT". */
export const mailer = (smtp: string, from: string): SendMail => {
  const [host, port] = smtp.split(":");
  const transport = createTransport({
    host,
    port: Number(port),
    ignoreTLS: true,
    connectionTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  return (to, subject, text) =>
    transport.sendMail({ from, to, subject, text }).then(
      () => ({ ok: true }),
      (error: unknown) => ({ ok: false, reason: (error as Error).message }),
    );
};

import { loopbackAddress } from "../../monitoring/loopback";
import { probeHttp, type HttpProbe } from "../../monitoring/probe/http";
import { elsewhere, type Limits, type ProbeResult } from "../../monitoring/probe/result";
import { greetings, probeDns, probeTcp, probeUdp } from "../../monitoring/probe/sockets";
import { isHttp, type Monitor } from "../kinds/monitor";

const portsOf = ({ port }: Monitor): readonly number[] => (port ?? "").split(",").map(Number);

const judges = (
  monitor: Monitor,
): Pick<HttpProbe, "judgeStatus"> & { readonly judgeBody?: NonNullable<HttpProbe["judgeBody"]> } => {
  const keyword = monitor.required_keyword ?? "";
  const any = { judgeStatus: () => undefined };
  switch (monitor.monitor_type) {
    case "expected_status_code":
      return {
        judgeStatus: (status) =>
          monitor.expected_status_codes.includes(status) ? undefined : `Status ${status}`,
      };
    case "keyword":
      return {
        ...any,
        judgeBody: (body) => (body.includes(keyword) ? undefined : `Keyword "${keyword}" not found`),
      };
    case "keyword_absence":
      return {
        ...any,
        judgeBody: (body) => (body.includes(keyword) ? `Keyword "${keyword}" found` : undefined),
      };
    default:
      return { judgeStatus: (status) => (status >= 200 && status < 300 ? undefined : `Status ${status}`) };
  }
};

/** How long a probe may take, milliseconds: the unit depends on the type. Not divided: answers take real time. */
const timeoutOf = (monitor: Monitor): number =>
  isHttp(monitor.monitor_type) ? monitor.request_timeout * 1_000 : monitor.request_timeout;

/** Looks once whether what is monitored answers as it shall; nothing for what is not carried out here. */
export const probe = (monitor: Monitor, signal: AbortSignal): Promise<ProbeResult> | undefined => {
  const limits: Limits = { timeoutMs: timeoutOf(monitor), signal };
  const { monitor_type: type, url } = monitor;
  switch (type) {
    case "status":
    case "expected_status_code":
    case "keyword":
    case "keyword_absence":
      return probeHttp(
        {
          url,
          method: monitor.http_method.toUpperCase(),
          headers: Object.fromEntries(monitor.request_headers.map(({ name, value }) => [name, value])),
          ...(monitor.request_body !== "" && { body: monitor.request_body }),
          ...(monitor.auth_username !== "" && {
            auth: { username: monitor.auth_username, password: monitor.auth_password },
          }),
          followRedirects: monitor.follow_redirects,
          verifyCertificate: monitor.verify_ssl,
          ...judges(monitor),
        },
        limits,
      );
    case "tcp":
      return probeTcp(url, portsOf(monitor), undefined, limits);
    case "smtp":
    case "pop":
    case "imap":
      return probeTcp(url, portsOf(monitor), greetings[type], limits);
    case "udp":
      return probeUdp(url, portsOf(monitor)[0] ?? 0, "", monitor.required_keyword ?? "", limits);
    case "dns":
      return probeDns(url, monitor.request_body, limits);
    case "ping":
      // An address of loopback always answers.
      return Promise.resolve(loopbackAddress(url) === undefined ? elsewhere : { ok: true, milliseconds: 0 });
    case "playwright":
      return undefined;
  }
};

/** Where a program listens. */
export interface Listen {
  /** Absent: on every address, of IPv6 too. */
  readonly hostname?: string;
  readonly port: number;
}

/** ":9700", "[::]:9700", "127.0.0.1:9700"; undefined for anything else. */
export const parseListen = (text: string): Listen | undefined => {
  const [, ipv6, host = "", digits = ""] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === "" || port > 65_535) return undefined;
  const hostname = ipv6 ?? host;
  return hostname === "" ? { port } : { hostname, port };
};

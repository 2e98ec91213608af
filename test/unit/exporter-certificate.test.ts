import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { createServer } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { certificateEnd } from "../../watchtower/exporter/certificate";
import { selfSigned } from "../support/self-signed";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
const listening = (server: Server): Promise<number> => {
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      resolve((server.address() as AddressInfo).port);
    }),
  );
};

test.each([
  ["good for a month", new Date("2026-12-24T12:00:00Z")],
  ["long ended", new Date("2020-01-01T00:00:00Z")],
])("the end of a certificate that is %s, without a byte of a request", async (_, ends) => {
  let asked = 0;
  const server = createServer(selfSigned("localhost", ends), (socket) => {
    socket.on("data", () => (asked += 1));
    socket.on("error", () => undefined);
  });
  const port = await listening(server);
  expect(await certificateEnd({ host: "localhost", port }, 2_000)).toBe(ends.getTime());
  expect(asked).toBe(0);
});

test("no TLS, nobody there and no answer are failures, in time", async () => {
  const plain = await listening(createTcpServer((socket) => socket.end("hello")));
  await expect(certificateEnd({ host: "127.0.0.1", port: plain }, 2_000)).rejects.toThrow();
  await expect(certificateEnd({ host: "127.0.0.1", port: 1 }, 2_000)).rejects.toThrow("ECONNREFUSED");
  const silent = await listening(createTcpServer(() => undefined));
  await expect(certificateEnd({ host: "127.0.0.1", port: silent }, 200)).rejects.toThrow("no answer in time");
});

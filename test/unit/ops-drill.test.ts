import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { drill } from "../../ops/commands/drill";
import { exitCodes } from "../../ops/exit-codes";
import { Failure } from "../../ops/failure";
import { post, type Patience } from "../../ops/slack/drill-post";

const token = "xoxb-1-2-secretsecret";
const quick: Patience = {
  requestMs: 500,
  totalMs: 4_000,
  retries: { retries: 2, factor: 1, minTimeout: 5, maxTimeout: 10, randomize: true },
};

interface Fake {
  readonly url: string;
  readonly calls: { readonly path: string; readonly authorization: string; readonly form: URLSearchParams }[];
}
type Answer = (response: ServerResponse, call: number) => void;

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(
      (server) =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    ),
  );
});

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
};

const fakeSlack = async (answer: Answer): Promise<Fake> => {
  const calls: Fake["calls"] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      calls.push({
        path: request.url ?? "",
        authorization: request.headers.authorization ?? "",
        form: new URLSearchParams(body),
      });
      answer(response, calls.length);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/api/`, calls };
};

const json =
  (body: object): Answer =>
  (response) => {
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  };
const ok = json({ ok: true, channel: "C1", ts: "1.1" });
const after =
  (first: Answer, then: Answer): Answer =>
  (response, call) => {
    (call === 1 ? first : then)(response, call);
  };

/** The failure that a post ends with. */
const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
};

const send = (url: string, patience = quick): Promise<void> =>
  post({ apiUrl: url, token }, "incidents", "hello", patience);

describe("a drill", () => {
  it("posts once to the channel, in words that nobody takes for an alert", async () => {
    const slack = await fakeSlack(ok);
    const options = { channel: "#incidents", severities: "warning,critical" };
    expect(await drill(options, { SLACK_API_URL: slack.url.slice(0, -1), SLACK_BOT_TOKEN: token })).toBe(0);
    expect(slack.calls).toHaveLength(1);
    expect(slack.calls[0]?.path).toBe("/api/chat.postMessage");
    expect(slack.calls[0]?.authorization).toBe(`Bearer ${token}`);
    expect(slack.calls[0]?.form.get("channel")).toBe("#incidents");
    expect(slack.calls[0]?.form.get("text")).toBe(
      "Drill: warning and critical alerts of HotDash arrive in this channel. Nothing is wrong.",
    );
  });

  it.each([
    ["not_in_channel", "/invite @flymon"],
    ["channel_not_found", "/invite @flymon"],
    ["invalid_auth", "SLACK_BOT_TOKEN"],
    ["missing_scope", "chat:write"],
    ["is_archived", "unarchive #incidents"],
    ["brand_new_error", "docs.slack.dev"],
  ])("believes ok: false behind HTTP 200: %s", async (error, mend) => {
    const slack = await fakeSlack(json({ ok: false, error }));
    const failure = await failureOf(send(slack.url));
    expect(failure.exitCode).toBe(exitCodes.remote);
    expect(failure.message).toContain("#incidents");
    expect(failure.message).toContain(error);
    expect(failure.message).toContain(mend);
    expect(failure.message).not.toContain(token);
    expect(slack.calls).toHaveLength(1);
  });

  it("waits as long as Retry-After says, then posts", async () => {
    const slow: Answer = (response) => response.writeHead(429, { "Retry-After": "1" }).end();
    const slack = await fakeSlack(after(slow, ok));
    const since = Date.now();
    await send(slack.url);
    expect(Date.now() - since).toBeGreaterThanOrEqual(1_000);
    expect(slack.calls).toHaveLength(2);
  });

  it("does not wait longer than its bound, whatever Retry-After says", async () => {
    const slack = await fakeSlack((response) => response.writeHead(429, { "Retry-After": "3600" }).end());
    const failure = await failureOf(send(slack.url, { ...quick, totalMs: 300 }));
    expect(failure.exitCode).toBe(exitCodes.remote);
    expect(failure.message).toContain("no answer in time");
  });

  it("tries again after a server error, and gives up in the end", async () => {
    const broken: Answer = (response) => response.writeHead(503).end("down");
    const mended = await fakeSlack(after(broken, ok));
    await send(mended.url);
    expect(mended.calls).toHaveLength(2);

    const dead = await fakeSlack(broken);
    expect((await failureOf(send(dead.url))).message).toContain("HTTP status 503");
    expect(dead.calls).toHaveLength(3);
  });

  it("says that nobody is there", async () => {
    const slack = await fakeSlack(ok);
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
    const failure = await failureOf(send(slack.url));
    expect(failure.exitCode).toBe(exitCodes.remote);
    expect(failure.message).toContain("not reachable (ECONNREFUSED)");
  });

  it("gives up on a Slack that never answers", async () => {
    const slack = await fakeSlack(() => undefined);
    const failure = await failureOf(send(slack.url, { ...quick, requestMs: 100 }));
    expect(failure.message).toContain("not reachable (no answer in time)");
  });

  it("asks for a token before it asks Slack", async () => {
    const slack = await fakeSlack(ok);
    const failure = await failureOf(
      drill({ channel: "incidents", severities: "critical" }, { SLACK_API_URL: slack.url }),
    );
    expect(failure.exitCode).toBe(exitCodes.remote);
    expect(failure.message).toContain("export SLACK_BOT_TOKEN=");
    expect(slack.calls).toHaveLength(0);
  });

  it.each([
    [{ channel: "No Channel", severities: "critical" }, "--channel"],
    [{ channel: "incidents", severities: "critcal" }, "info, warning, critical"],
    [{ channel: "incidents", severities: "" }, "info, warning, critical"],
  ])("refuses wrong arguments: %o", async (options, words) => {
    const failure = await failureOf(drill(options, { SLACK_BOT_TOKEN: token }));
    expect(failure.exitCode).toBe(exitCodes.usage);
    expect(failure.message).toContain(words);
  });
});

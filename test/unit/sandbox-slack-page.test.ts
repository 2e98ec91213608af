import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, type SandboxClient } from "../../sandbox/client";
import { mrkdwn } from "../../sandbox/slack/page/mrkdwn";
import { startWorld, type World } from "../../sandbox/world";

let world: World;
let client: SandboxClient;
beforeEach(async () => {
  world = await startWorld({ apps: [], slackLimits: Infinity });
  client = connect(world.announcement);
});
afterEach(() => world.stop());

const page = async (path = ""): Promise<string> =>
  (await fetch(`${world.announcement.slack.page}${path}`)).text();
const post = async (body: object): Promise<void> => {
  const { apiUrl, token } = world.announcement.slack;
  const response = await fetch(`${apiUrl}chat.postMessage`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ channel: "#random", ...body }),
  });
  expect(await response.json()).toMatchObject({ ok: true });
};

interface SentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Record<string, string>;
}
/** Reads Server-Sent Events until `count` of that kind have come. */
const events = async (
  path: string,
  kind: string,
  count: number,
  headers: Record<string, string> = {},
): Promise<SentEvent[]> => {
  const abort = AbortSignal.timeout(4_000);
  const response = await fetch(`${world.announcement.slack.page}${path}`, { headers, signal: abort });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const seen: SentEvent[] = [];
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    const whole = text.split("\n\n");
    text = whole.pop() ?? "";
    for (const part of whole.filter((lines) => !lines.startsWith(":"))) {
      const fields = Object.fromEntries(
        part.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
      );
      if (fields.event === kind)
        seen.push({
          id: fields.id ?? "",
          event: kind,
          data: JSON.parse(fields.data ?? "{}") as Record<string, string>,
        });
    }
    if (seen.length >= count) break;
  }
  return seen;
};

describe("mrkdwn", () => {
  test.each([
    ["*bold* _it_ ~no~", "<strong>bold</strong> <em>it</em> <s>no</s>"],
    ["*a* and *b*", "<strong>a</strong> and <strong>b</strong>"],
    ["snake_case_name 3*4*5", "snake_case_name 3*4*5"],
    ["* not *", "* not *"],
    ["`*code*` *b*", "<code>*code*</code> <strong>b</strong>"],
    ["```a\n<b>```", "<pre>a\n&lt;b&gt;</pre>"],
    [
      "<https://a.b/c?d=1&e=2|the *page*>",
      '<a href="https://a.b/c?d=1&amp;e=2" rel="noreferrer noopener" target="_blank">the *page*</a>',
    ],
    [
      "see https://a.b/c.",
      'see <a href="https://a.b/c" rel="noreferrer noopener" target="_blank">https://a.b/c</a>.',
    ],
    ["<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"],
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    [
      '<https://a.b/" onclick="x|y>',
      '<a href="https://a.b/&quot; onclick=&quot;x" rel="noreferrer noopener" target="_blank">y</a>',
    ],
    ["a < b & c > d", "a &lt; b &amp; c &gt; d"],
    ["a &lt; b &amp; c", "a &lt; b &amp; c"],
    [":rotating_light: :no_such:", '<span title=":rotating_light:">🚨</span> :no_such:'],
    [
      "<!here> <@U0ONCALL001> <#C1|ops>",
      '<b class="mention">@here</b> <b class="mention">@oncall</b> <b class="mention">#ops</b>',
    ],
    ["a\n> b\n> c\nd", "a<blockquote>b\nc</blockquote>d"],
  ])("%j", async (written, shown) => {
    const markup = String(await mrkdwn(written)).replace(/^<div class="prose">|<\/div>$/g, "");
    expect(markup).toBe(shown);
  });
});

describe("page", () => {
  test("is complete without a script, escapes everything, takes nothing from elsewhere, tells no token", async () => {
    await post({ text: ":rotating_light: *down* <img src=x onerror=alert(1)>" });
    await post({
      blocks: [
        { type: "header", text: { type: "plain_text", text: "<b>P95</b>" } },
        {
          type: "section",
          text: { type: "mrkdwn", text: "*2.4 s*" },
          fields: [{ type: "mrkdwn", text: "*App*\nx" }],
        },
        { type: "image", image_url: "https://example.com/a.png", alt_text: "graph" },
        { type: "table", rows: [] },
      ],
    });
    await post({
      attachments: [
        {
          color: "#DD0000",
          title: "Gatus",
          text: "failed\n> why",
          fields: [{ title: "Results", value: ":x: - `[STATUS]`" }],
        },
      ],
    });
    const all = await page();
    expect(all).toContain('<span title=":rotating_light:">🚨</span> <strong>down</strong>');
    expect(all).not.toMatch(/<img|<b>P95/);
    expect(all).toContain("&lt;b&gt;P95&lt;/b&gt;");
    expect(all).toContain("<strong>2.4 s</strong>");
    expect(all).toContain("[table]");
    expect(all).toContain('fill="#DD0000"');
    expect(all).toContain("<code>[STATUS]</code>");
    expect(all).not.toContain(world.announcement.slack.token);
    expect([...all.matchAll(/(?:src|href)="(https?:[^"]*)"/g)].map(([, address]) => address)).toEqual([
      "https://example.com/a.png",
    ]);
    const headers = (await fetch(world.announcement.slack.page)).headers;
    expect(headers.get("content-security-policy")).toContain("default-src 'self'");
  });

  test("shows topic, purpose, members and whether the bot is in a channel", async () => {
    await client.createChannel({ name: "deploys", topic: "ship & tell" });
    const channel = await page("channels/deploys");
    expect(channel).toMatch(/ship &amp; tell · 1 member ·\s+the bot is not a member/);
    expect(channel).toContain("bot not in it");
    expect((await fetch(`${world.announcement.slack.page}channels/nowhere`)).status).toBe(404);
  });

  test("gives the messages as JSON, with every text of each", async () => {
    await post({
      attachments: [{ title: "Gatus", text: "failed", fields: [{ title: "Results", value: "none" }] }],
    });
    const answer = (await (
      await fetch(`${world.announcement.slack.page}api/page/messages?channel=random`)
    ).json()) as object;
    expect(answer).toMatchObject({
      messages: [{ channel: "random", plain: "Gatus\nfailed\nResults\nnone" }],
    });
    expect(
      await (await fetch(`${world.announcement.slack.page}api/page/messages?channel=general`)).json(),
    ).toEqual({ messages: [] });
  });
});

describe("live", () => {
  test("messages come as finished markup in order, with the frame around them", async () => {
    const reading = events("api/page/events?channel=", "message", 3);
    await pause(100);
    for (const text of ["one", "two", "three"]) await post({ text: `*${text}*` });
    expect((await reading).map(({ data }) => /<strong>(\w+)/.exec(data.html ?? "")?.[1])).toEqual([
      "one",
      "two",
      "three",
    ]);
    expect((await events("api/page/events?after=0", "frame", 1))[0]?.data.channels).toContain("All messages");
  });

  test("who was cut off gets what was missed, once", async () => {
    await post({ text: "one" });
    const [first] = await events("api/page/events?after=0", "message", 1);
    await post({ text: "two" });
    const missed = await events("api/page/events?after=0", "message", 1, {
      "last-event-id": first?.id ?? "",
    });
    expect(missed.map(({ data }) => data.html)).toEqual([expect.stringContaining("two")]);
  });

  test("a channel's stream has its own messages only", async () => {
    const channels = (await (await fetch(`${world.announcement.control.url}/slack/channels`)).json()) as {
      channels: { id: string; name: string }[];
    };
    const random = channels.channels.find(({ name }) => name === "random")?.id ?? "";
    await post({ channel: "#general", text: "elsewhere" });
    await post({ text: "here" });
    const [only] = await events(`api/page/events?channel=${random}&after=0`, "message", 1);
    expect(only?.data.html).toContain("here");
  });
});

describe("waiting", () => {
  test("resolves when the message comes, though Slack itself hangs, and not with one from before", async () => {
    await post({ text: "down" });
    const [before] = await client.messages({ channel: "random" });
    const waiting = client.waitForMessage("random", ({ plain }) => plain.includes("down"), 3_000, before?.ts);
    await pause(150);
    await post({ text: "down again" });
    await client.breakService("slack", "hang");
    expect((await waiting).text).toBe("down again");
  });

  test("rejects in time, saying what came instead", async () => {
    await post({ text: "something else" });
    await expect(client.waitForMessage("random", () => false, 250)).rejects.toThrow(
      /#random within 250 ms.*something else/,
    );
  });
});

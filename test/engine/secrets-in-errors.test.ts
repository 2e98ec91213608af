import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { betterStackTypes } from "../../infra/model/betterstack";
import { sentryTypes } from "../../infra/model/observability";
import { uptimeRobotTypes } from "../../infra/model/uptimerobot";
import { withStack } from "../support/engine";
import { projectOf, secret, type DeclaredResource } from "../support/resource-suite";
import { leaks } from "../support/secret-search";

// A service that quotes in its error what it was sent, credentials and all, is the worst that can be asked of messages.

/** What each service is called by, and what its resources are told. None looks like a service's own kind of secret. */
const secrets = {
  "flymon:slackToken": "slack/T0ken+of=the~team-1f0c8e",
  "flymon:betterStackToken": "better/T0ken+of=the~team-2a7d31",
  "flymon:uptimeRobotToken": "robot/T0ken+of=the~team-3c5e90",
  "flymon:flyToken": "fly/T0ken+of=the~team-4d1b77",
  "flymon:sentryToken": "sentry/T0ken+of=the~team-5e8a26",
  webhook: "https://hooks.example/hidden/6b9f?key=a&b=c",
  password: 'quoted "p4ss" & <more> \\ 7c2e',
  variable: "variable-of-a-script-8d4f",
  header: "header/of a monitor+9e6a",
  file: "a file's first line 0f1b\nand its second 1a2c\n",
} as const;

const resources: readonly DeclaredResource[] = [
  {
    type: betterStackTypes.outgoingWebhook,
    name: "hook",
    inputs: {
      name: "hook",
      url: secret(secrets.webhook),
      triggerType: "incident_change",
      customWebhookTemplate: { authUsername: "user", authPassword: secret(secrets.password) },
    },
  },
  {
    type: betterStackTypes.monitor,
    name: "script",
    inputs: {
      name: "script",
      url: "https://shop.example",
      monitorType: "playwright",
      playwrightScript: "test()",
      scenarioName: "log in",
      environmentVariables: { LOGIN: secret(secrets.variable) },
      requestHeaders: [{ name: "X-Synthetic", value: secret(secrets.header) }],
    },
  },
  {
    type: uptimeRobotTypes.integration,
    name: "robot-hook",
    inputs: { name: "robot-hook", type: "Webhook", url: secret(secrets.webhook) },
  },
  { type: "flymon:slack:Channel", name: "channel", inputs: { name: "channel" } },
  {
    type: "flymon:fly:Machine",
    name: "machine",
    inputs: {
      app: "tower",
      name: "machine",
      region: "ord",
      image: "registry.fly.io/echo:1",
      cpuKind: "shared",
      cpus: 1,
      memory: "256mb",
      env: { HIDDEN: secret(secrets.password) },
      files: { "/etc/secret": { content: secret(secrets.file) } },
      processGroup: "machine",
    },
  },
  {
    type: sentryTypes.issueAlert,
    name: "alert",
    inputs: {
      organization: "hotdash",
      project: "shop",
      name: "alert",
      actionMatch: "any",
      frequency: "30m",
      conditions: [{ id: "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition" }],
      actions: [{ id: secret(secrets.header) }],
    },
  },
];

/** How the service answers. */
let refuses: (method: string) => number | undefined;
let quoted = 0;

const nothingThere = (path: string): unknown =>
  path.startsWith("/fly")
    ? []
    : path.startsWith("/sentry")
      ? []
      : { data: [], pagination: {}, nextLink: null };

let server: Server;
const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
beforeAll(async () => {
  server = createServer((request, response) => {
    const { method = "", url: path = "", headers } = request;
    void text(request).then((body) => {
      const isSlack = path.startsWith("/slack");
      const status = isSlack ? 200 : refuses(method);
      response.setHeader("Content-Type", "application/json");
      if (status === undefined) return response.end(JSON.stringify(nothingThere(path)));
      quoted += 1;
      const words = [
        `not with ${headers.authorization ?? ""}`,
        `not ${decodeURIComponent(path)}`,
        `not ${body}`,
        // Messages have a length: what is cut off must not leave the half of a secret.
        `${"far ".repeat(70)}${" ".repeat(8)}${headers.authorization?.replace("Bearer ", "") ?? ""}`,
        `${"long ".repeat(57)}${body.slice(body.indexOf("hidden") - 2)}`,
      ];
      const answer = { ok: false, error: words.join("; "), errors: { base: words } };
      response.statusCode = status;
      return response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** An `up` at services at this address: what all of it says, and the state afterwards. */
const failedUp = async (
  base: string,
  ...args: readonly string[]
): Promise<{ said: string; places: Record<string, string[]> }> => {
  const {
    webhook: _webhook,
    password: _password,
    variable: _variable,
    header: _header,
    file: _file,
    ...tokens
  } = secrets;
  return withStack(
    projectOf(resources),
    async (stack) => {
      const { exitCode, output, eventLog } = await stack.up("--continue-on-error", ...args);
      expect(exitCode, output).not.toBe(0);
      return {
        said: output,
        places: { output: [output], events: [eventLog], state: [(await stack.export()).text] },
      };
    },
    {
      secrets: tokens,
      config: {
        "flymon:slackApiUrl": `${base}/slack/`,
        "flymon:betterStackApiUrl": base,
        "flymon:uptimeRobotApiUrl": `${base}/robot`,
        "flymon:flyApiUrl": `${base}/fly`,
        "flymon:sentryApiUrl": `${base}/sentry`,
      },
    },
  );
};

/** Also what begins like a secret: nine characters of it are more than chance. */
const known = new Map(
  Object.entries(secrets).flatMap(([name, value]) => [
    [name, value] as const,
    ...(name === "webhook" ? [] : [[`the beginning of ${name}`, value.slice(0, 12)] as const]),
  ]),
);

it.each([
  ["401 to all", () => 401],
  ["422 to what is sent", (method: string) => (method === "GET" ? undefined : 422)],
] as const)("tells none when a service quotes them: %s", async (_title, answers) => {
  refuses = answers;
  quoted = 0;
  const { said, places } = await failedUp(url());
  expect(quoted, said).toBeGreaterThanOrEqual(resources.length);
  expect(said.match(/\[secret\]/g)?.length, said).toBeGreaterThan(resources.length);
  expect(leaks(known, places)).toEqual([]);
});

/** From this level of its verbose log on Pulumi's CLI itself writes down what it hands on, secrets and all. */
const cliTells = 7;

const levelOf = (line: string): number => Number(/"v":(\d+)\}$/.exec(line)?.[1] ?? 0);

it("tells none in the verbose log, but for what the CLI writes itself", async () => {
  refuses = () => 401;
  const { said, places } = await failedUp(url(), "--logtostderr", "-v=9");
  const ours = said.split("\n").filter((line) => levelOf(line) < cliTells);
  expect(ours.some((line) => line.includes("[secret]"))).toBe(true);
  expect(ours.some((line) => levelOf(line) > 0)).toBe(true);
  expect(leaks(known, { ...places, output: ours })).toEqual([]);
});

it("tells none when nobody is there", async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const { said, places } = await failedUp(`http://127.0.0.1:${port}`);
  expect(said.match(/ECONNREFUSED/g)?.length, said).toBeGreaterThanOrEqual(resources.length);
  expect(leaks(known, places)).toEqual([]);
});

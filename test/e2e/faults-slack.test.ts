import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { launchSandbox, type LaunchedSandbox } from "../../sandbox/launch";
import { copyCheckout, processesAround, type Checkout } from "../support/checkout";

let checkout: Checkout;
let sandbox: LaunchedSandbox;
beforeEach(async () => {
  [checkout, sandbox] = await Promise.all([copyCheckout(), launchSandbox(["--slack-limits", "off"])]);
  const { apiUrl } = sandbox.announcement.slack;
  // The program reads Slack's address from the stack's settings. Without a watchtower there is only Slack to reach.
  const file = path.join(checkout.root, "Pulumi.staging.yaml");
  const settings = readFileSync(file, "utf8").replace(/ {2}hotdash:watchtower:\n(?: {4}.*\n?)+/, "");
  writeFileSync(file, `${settings}  flymon:slackApiUrl: ${apiUrl}\n`);
});
afterEach(async () => {
  await sandbox.stop();
  checkout.remove();
});

const up = (env: NodeJS.ProcessEnv = {}) => {
  const { token } = sandbox.announcement.slack;
  return checkout.flymon(["up", "--stack", "staging"], { SLACK_BOT_TOKEN: token, ...env });
};

/** The names of all channels, sorted; a name twice would be a duplicate. */
const channels = async (): Promise<readonly string[]> => {
  const { apiUrl: slackApiUrl, token } = sandbox.announcement.slack;
  const listed = await new WebClient(token, { slackApiUrl }).conversations.list({ limit: 200 });
  return (listed.channels ?? []).flatMap(({ name }) => name ?? []).sort();
};

const ours = ["general", "incidents", "monitoring", "random"];

/** Kills the CLI that runs in this checkout. */
const killPulumi = (): void => {
  const [cli] = processesAround(checkout.root).filter((command) => /\/pulumi up /.test(command));
  expect(cli, "pulumi runs").toBeDefined();
  process.kill(Number(cli?.split(" ")[0]), "SIGKILL");
};

describe("up and a Slack that does not play along", () => {
  it("a wrong token", async () => {
    const { exitCode, all } = await up({ SLACK_BOT_TOKEN: "xoxb-0-0-wrong" });
    expect(exitCode, all).toBe(5);
    expect(all).toContain("invalid_auth");
    expect(all).toContain("SLACK_BOT_TOKEN");
    expect(all).not.toContain("    at ");
    expect(all).not.toContain("xoxb-0-0-wrong");
  });

  it("a dead Slack", async () => {
    await sandbox.client.breakService("slack", "down");
    const { exitCode, all } = await up();
    await sandbox.client.mendAll();
    expect(exitCode, all).toBe(5);
    expect(all).toContain("not reachable (ECONNREFUSED)");
    expect(all).not.toContain("    at ");
    expect(await channels()).toEqual(["general", "random"]);
  });

  it("killed half-way, with a channel made and not yet in the state: run again, it converges", async () => {
    await sandbox.client.breakService("slack", "rate-limited", {
      method: "conversations.setTopic",
      retryAfter: 60,
    });
    const first = up();
    const deadline = Date.now() + 60_000;
    while ((await channels()).length < 3) {
      expect(Date.now(), "a channel is made in time").toBeLessThan(deadline);
      await sleep(100);
    }
    killPulumi();
    const { exitCode: killed, all: lastWords } = await first;
    expect(killed, lastWords).toBe(1);
    expect(lastWords).toContain("Pulumi was killed. Run the same command again");
    await sandbox.client.mendAll();

    const second = await up();
    expect(second.exitCode, second.all).toBe(0);
    expect(await channels()).toEqual(ours);

    const { exitCode, all } = await checkout.flymon(["preview", "--stack", "staging", "--expect-no-changes"]);
    expect(exitCode, all).toBe(0);

    const written = path.join(checkout.root, "generated", "staging");
    const rendered = path.join(checkout.temporary, "rendered");
    await checkout.flymon(["render", "--stack", "staging", "--out", rendered]);
    for (const name of readdirSync(path.join(rendered, "fly")))
      expect(readFileSync(path.join(written, "fly", name), "utf8")).toBe(
        readFileSync(path.join(rendered, "fly", name), "utf8"),
      );
  });
});

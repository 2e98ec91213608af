import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { UptimeBackend } from "../../infra/model/uptime";
import { guarantees } from "../../infra/render/uptime/guarantees";
import { launchSandbox, type LaunchedSandbox } from "../../sandbox/launch";
import { repositoryRoot } from "../../toolchain/root";
import { withStack } from "../support/engine";
import { prepareAccounts, runGatus, secretsOf, writeSettings } from "../support/uptime-rig";

// The runbook's ladder on each backend, with divided times: who hears when, what an acknowledgement and one good answer
// change, and that the end is told. What is expected of whom stands in the table of docs/uptime.md.

const app = "hotdash-production";
/** An interval of a minute is one of a second. */
const factor = 60;
const minutes = (count: number): number => (count * 60_000) / factor;

/** A step as #incidents or #monitoring shows it, after so many minutes of failing. */
const steps = {
  warning: { after: 2, channel: "monitoring", words: /FAILING.*SEV-2/s },
  critical: { after: 5, channel: "incidents", words: /FAILING.*SEV-1/s },
  engineer: { after: 10, channel: "incidents", words: /T\+5m: Still critical, for engineer@team/ },
  manager: { after: 20, channel: "incidents", words: /T\+15m: Still critical, for manager@team/ },
  procedure: { after: 35, channel: "incidents", words: /T\+30m: Emergency procedures/ },
} as const;
type StepName = keyof typeof steps;

const now = (): string => (Date.now() / 1_000).toFixed(6);

/** Plays the outages of one backend in a world of its own. */
const play = async (
  backend: UptimeBackend,
  run: (
    sandbox: LaunchedSandbox,
    since: (channel: string, after: string) => Promise<string[]>,
  ) => Promise<void>,
): Promise<void> => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), "flymon-ladder-"));
  const sandbox = await launchSandbox(["--apps", app, "--monitor-factor", String(factor)]);
  try {
    const webhooks = await prepareAccounts(sandbox);
    const configFile = writeSettings(sandbox, scratch, backend, { "hotdash:timeDivisor": factor });
    await withStack(
      repositoryRoot,
      async (stack) => {
        const { exitCode, output } = await stack.up();
        expect(exitCode, output).toBe(0);
        const written = path.join(scratch, "generated", "ladder", "gatus", "config.yaml");
        const gatus =
          backend === "gatus"
            ? await runGatus(written, scratch, sandbox.announcement.slack.token)
            : undefined;
        try {
          await sleep(minutes(2)); // seen well once
          await run(sandbox, async (channel, after) =>
            (await sandbox.client.messages({ channel, after })).map(({ plain }) => plain),
          );
        } finally {
          await gatus?.stop();
        }
      },
      { stack: "ladder", secrets: secretsOf(sandbox, webhooks), configFile },
    );
  } finally {
    await sandbox.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
};

/** A check, a delivery and a busy computer. */
const slack = 4_000;

// Each waits most of the time, in a world of its own.
test.concurrent.each(["betterstack", "uptimerobot", "gatus"] as const)(
  "%s climbs the ladder, and does with it what the table says",
  async (backend) => {
    const { acknowledgement, reset, people } = guarantees[backend];
    await play(backend, async (sandbox, since) => {
      const { client } = sandbox;
      const arrives = async (name: StepName, brokenAt: number, after: string): Promise<void> => {
        const { after: due, channel, words } = steps[name];
        const { at } = await client.waitForMessage(
          channel,
          ({ plain }) => words.test(plain),
          minutes(due) + 2 * slack,
          after,
        );
        const took = new Date(at).getTime() - brokenAt;
        // A failure is seen by the next check; a whole minute may be lost where a backend counts them.
        expect(took, `${name} after ${took} ms`).toBeGreaterThan(minutes(due) - minutes(1));
        expect(took, `${name} after ${took} ms`).toBeLessThan(minutes(due) + minutes(2) + slack);
      };

      // Nobody does anything: everybody hears, each at his time, and the end is told in both channels.
      let after = now();
      let brokenAt = Date.now();
      await client.breakApp(app, "down");
      const posted: readonly StepName[] =
        people === "by e-mail"
          ? ["warning", "critical", "procedure"]
          : ["warning", "critical", "engineer", "manager", "procedure"];
      for (const name of posted) await arrives(name, brokenAt, after);
      if (people === "by e-mail") {
        const mails = (await client.betterstack.notifications()).filter(
          ({ channel, event }) => channel === "email" && event === "started",
        );
        // Since the incident was opened, which is when it was confirmed: after 2 minutes.
        for (const [to, due] of [
          ["reliability@team", 0],
          ["engineer@team", 8],
          ["manager@team", 18],
        ] as const) {
          const mail = mails.find((each) => each.to === to && each.after >= minutes(due) - 100);
          expect(mail?.after, to).toBeLessThan(minutes(due) + slack);
        }
      }
      const mendedAt = now();
      await client.mendApp(app, "down");
      for (const channel of ["monitoring", "incidents"]) {
        await client.waitForMessage(channel, ({ plain }) => plain.includes("RECOVERED"), 30_000, mendedAt);
      }
      await sleep(slack);
      const ends = (await since("incidents", mendedAt)).filter((plain) => plain.includes("RECOVERED"));
      expect(ends).toHaveLength(1);

      // One good answer in between.
      after = now();
      brokenAt = Date.now();
      await client.breakApp(app, "down");
      await arrives("critical", brokenAt, after);
      const goodAt = now();
      await client.mendApp(app, "down");
      if (reset === "one good answer") {
        await client.waitForMessage("incidents", ({ plain }) => plain.includes("RECOVERED"), 30_000, goodAt);
        const again = Date.now();
        await client.breakApp(app, "down");
        await arrives("critical", again, goodAt);
      } else {
        // Shorter than the recovery period of a minute.
        await sleep(minutes(0.5));
        await client.breakApp(app, "down");
        await sleep(minutes(4));
        expect((await since("incidents", goodAt)).filter((plain) => /RECOVERED/.test(plain))).toEqual([]);
      }

      // Somebody takes it on, where that can be.
      if (!acknowledgement) return;
      const takenAt = now();
      const open = (await client.betterstack.incidents()).find(({ status }) => status === "Started");
      if (open === undefined) throw new Error("no open incident");
      await client.betterstack.acknowledge(open.id, "engineer");
      await client.waitForMessage(
        "incidents",
        ({ plain }) => plain.includes("ACKNOWLEDGED"),
        20_000,
        takenAt,
      );
      await sleep(minutes(40));
      const later = await since("incidents", takenAt);
      expect(later.filter((plain) => /FAILING|T\+/.test(plain))).toEqual([]);
      await client.mendApp(app, "down");
      await client.waitForMessage("incidents", ({ plain }) => plain.includes("RECOVERED"), 30_000, takenAt);
    });
  },
  300_000,
);

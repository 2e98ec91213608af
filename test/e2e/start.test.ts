import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { copyCheckout, processesAround, type Checkout, type Running } from "../support/checkout";

let checkout: Checkout;
beforeAll(async () => {
  checkout = await copyCheckout();
});
afterAll(() => {
  checkout.remove();
});

/** Waits until the process has said something. */
const saying = async (running: Running, words: string, timeoutMs: number): Promise<string> => {
  let heard = "";
  running.all.setEncoding("utf8").on("data", (chunk: string) => {
    heard += chunk;
  });
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (heard.includes(words)) return heard;
    await sleep(50);
  }
  running.kill("SIGKILL");
  throw new Error(`"${words}" was not said within ${String(timeoutMs)} ms, but: ${heard}`);
};

const report = z.strictObject({
  timeline: z.array(
    z.strictObject({
      app: z.string(),
      fault: z.string(),
      toldBy: z.string(),
      channel: z.string(),
      faultToMessage: z.number().positive().max(60),
      mendToRecovery: z.number().positive().max(60),
    }),
  ),
  secondPreview: z.literal("no changes"),
  seconds: z.number().positive(),
});

describe("npm start", () => {
  it("--once breaks two apps, sees alerts and recoveries, previews no changes, and leaves nothing", async () => {
    const { exitCode, stdout, stderr } = await checkout.npm(["start", "--silent", "--", "--once", "--json"]);
    expect(exitCode, stderr).toBe(0);
    const { timeline } = report.parse(JSON.parse(stdout));
    expect(timeline.map(({ app, fault, toldBy, channel }) => [app, fault, toldBy, channel])).toEqual([
      ["hotdash-production", "down", "Gatus", "incidents"],
      ["hotdash-chatwoot", "redis-gone", "Gatus", "incidents"],
      ["hotdash-chatwoot", "redis-gone", "AppDependencyFailing", "incidents"],
    ]);
    expect(stderr).not.toContain("    at ");
    expect(await checkout.leftovers()).toEqual([]);
  });

  it("stays until Ctrl-C, shows where all is, and cleans up", async () => {
    const running = checkout.flymon(["start"]);
    const heard = await saying(running, "Press Ctrl-C to end", 120_000);
    expect(heard).toMatch(/hotdash-chatwoot +\/api +web 1 off +api every 60s +#incidents +critical/);
    const page = (name: string): string => new RegExp(`^${name}: +(http\\S+)`, "m").exec(heard)?.[1] ?? "";
    for (const name of ["Slack", "Inbox", "Gatus", "Fly", "Switches"])
      expect((await fetch(page(name))).status, name).toBe(200);
    const [, user = "", password = ""] = /user (\S+), password (\S+)/.exec(heard) ?? [];
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    for (const name of ["vmalert", "Alertmanager", "Metrics", "Journal"]) {
      expect((await fetch(page(name))).status, name).toBe(401);
      expect((await fetch(page(name), { headers: { authorization } })).status, name).toBe(200);
    }
    // Twice at once, as npm passes on what the terminal has sent already.
    running.kill("SIGINT");
    running.kill("SIGINT");
    const { exitCode, all } = await running;
    expect(exitCode, all).toBe(0);
    expect(await checkout.leftovers()).toEqual([]);
  });

  it("cleans up when Ctrl-C comes while it applies", async () => {
    const running = checkout.flymon(["start"]);
    await saying(running, "Start the sandbox: Fly with the apps, and Slack, on this machine: done", 60_000);
    await sleep(2_500);
    running.kill("SIGINT");
    const { exitCode, all } = await running;
    expect(exitCode, all).toBe(130);
    expect(all).not.toContain("    at ");
    expect(await checkout.leftovers()).toEqual([]);
  });

  it("ends at once at a second Ctrl-C", async () => {
    const running = checkout.flymon(["start"]);
    await saying(running, "Start the sandbox: Fly with the apps, and Slack, on this machine: done", 60_000);
    await sleep(2_000);
    running.kill("SIGINT");
    await sleep(700);
    running.kill("SIGINT");
    const since = Date.now();
    const { exitCode } = await running;
    expect(Date.now() - since).toBeLessThan(2_000);
    expect(exitCode).toBe(130);
    expect(await checkout.leftovers()).toEqual([]);
  });

  it("ends with the reason when the sandbox dies", async () => {
    const running = checkout.flymon(["start"]);
    await saying(running, "Press Ctrl-C to end", 120_000);
    const [sandbox] = processesAround(checkout.temporary).filter((command) =>
      command.includes("sandbox/main.cjs"),
    );
    process.kill(Number(sandbox?.split(" ")[0]), "SIGKILL");
    const { exitCode, all } = await running;
    expect(exitCode, all).toBe(1);
    expect(all).toContain("the sandbox ended (SIGKILL)");
    expect(await checkout.leftovers()).toEqual([]);
  });
});

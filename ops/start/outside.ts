import { setTimeout as sleep } from "node:timers/promises";
import { fleet } from "../../infra/fleet";
import type { UptimeBackend } from "../../infra/model/uptime-names";
import type { HostedBackend, Sandbox } from "./sandbox";

const { recipients, channels } = fleet.alerting.declaration;

/**
 * What a person does once at a hosted service, and the settings that come of it: takes the people of the ladder into
 * Better Stack's team, or makes Slack's incoming webhooks for UptimeRobot.
 */
export const prepareOutside = async (
  sandbox: Sandbox,
  backend: UptimeBackend,
): Promise<Record<string, string>> => {
  if (backend === "betterstack") {
    for (const { email } of Object.values(recipients)) await sandbox.invite(email);
  }
  if (backend !== "uptimerobot") return {};
  const webhooks: [string, string][] = [];
  for (const { name } of Object.values(channels)) {
    webhooks.push([`slackWebhooks:${name}`, await sandbox.makeWebhook(name)]);
  }
  return Object.fromEntries(webhooks);
};

/** What lets the provider in at the hosted services of this sandbox. */
export const outsideEnvironment = ({ betterstack, uptimerobot }: Sandbox): NodeJS.ProcessEnv => ({
  BETTERSTACK_API_URL: betterstack.apiUrl,
  BETTERSTACK_API_TOKEN: betterstack.token,
  BETTERSTACK_TEAM: undefined,
  UPTIMEROBOT_API_URL: uptimerobot.apiUrl,
  UPTIMEROBOT_API_KEY: uptimerobot.token,
  UPTIMEROBOT_PLAN: undefined,
});

const pollEvery = 100;

/** Waits until a hosted service sees all well that it asks; rejects when the time is up, with what is not. */
export const untilSeenWell = async (
  sandbox: Sandbox,
  service: HostedBackend,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    // What waits for its first call is no monitor that asks.
    const asked = (await sandbox.monitors(service)).filter(({ name }) => !name.startsWith("flymon "));
    const unwell = asked.filter(({ status }) => status.toLowerCase() !== "up");
    if (asked.length > 0 && unwell.length === 0) return;
    if (Date.now() > deadline) {
      const which = unwell.map(({ name, status }) => `${name} (${status})`).join(", ");
      throw new Error(`not well after ${String(timeoutMs / 1_000)} s: ${which || "no monitor"}`);
    }
    await sleep(pollEvery, undefined, { signal });
  }
};

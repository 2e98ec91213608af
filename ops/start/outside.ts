import { fleet } from "../../infra/fleet";
import type { UptimeBackend } from "../../infra/model/uptime-names";
import type { HostedBackend, Sandbox } from "./sandbox";
import { untilNoneIsLeft } from "./settled";

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

/** What of all that a hosted service asks it does not see well. */
const unwell = async (sandbox: Sandbox, service: HostedBackend): Promise<readonly string[]> => {
  // What waits for its first call is no monitor that asks.
  const asked = (await sandbox.monitors(service)).filter(({ name }) => !name.startsWith("flymon "));
  if (asked.length === 0) return ["no monitor"];
  return asked
    .filter(({ status }) => status.toLowerCase() !== "up")
    .map(({ name, status }) => `${name} (${status})`);
};

/** Waits until a hosted service sees all well that it asks; rejects when the time is up, with what is not. */
export const untilSeenWell = (
  sandbox: Sandbox,
  service: HostedBackend,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> => untilNoneIsLeft("well", () => unwell(sandbox, service), timeoutMs, signal);

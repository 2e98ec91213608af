import { html } from "hono/html";
import { address, clock, length, nothing, span, state, table, timeline } from "../monitoring/page/parts";
import { button } from "../monitoring/page/routes";
import type { Markup } from "../page/document";
import type { Account } from "./account";
import type { Engine } from "./engine";
import type { Step, StepMember } from "./kinds/policy";
import type { HeartbeatStatus, MonitorStatus } from "./runtime";
import { stateOf, type HeartbeatView, type IncidentView, type MonitorView } from "./views";

/** Incidents shown. */
const shown = 30;

const tones = {
  up: "up",
  validating: "warn",
  pending: "rest",
  paused: "rest",
  maintenance: "rest",
  down: "down",
} as const satisfies Readonly<Record<MonitorStatus | HeartbeatStatus, string>>;

const incident = (one: IncidentView, policies: ReadonlyMap<number, string>): Markup => {
  const tone = { Started: "open", Acknowledged: "taken", Resolved: "over" }[one.status];
  const policy = one.policyId === null ? undefined : policies.get(one.policyId);
  return html`<article class="incident ${tone}">
    <div class="head">
      <strong>${one.name}</strong>
      ${state(({ Started: "down", Acknowledged: "warn", Resolved: "up" } as const)[one.status], one.status)}
      <span>${one.cause}</span>
      <span class="dim"
        >since ${clock(one.startedAt)}, for ${span((one.resolvedAt ?? Date.now()) - one.startedAt)}</span
      >
      ${policy === undefined ? nothing : html`<span class="dim">by policy ${policy}</span>`}
      ${one.status === "Started" ? button("acknowledge", one.id, "Acknowledge") : nothing}
      ${one.status === "Resolved" ? nothing : button("resolve", one.id, "Resolve")}
    </div>
    ${timeline(one.startedAt, one.events)}
  </article>`;
};

const monitor = (one: MonitorView, policies: ReadonlyMap<number, string>): Markup =>
  html`<tr>
    <th scope="row">
      ${one.name}
      <div>${address(one.url)}</div>
    </th>
    <td>${state(tones[one.status], one.status)}</td>
    <td>${one.type}</td>
    <td class="number">${length(one.interval)}</td>
    <td class="number">${one.lastCheckedAt === null ? "never" : clock(one.lastCheckedAt)}</td>
    <td class="number">${one.responseTime === null ? "" : `${Math.round(one.responseTime)} ms`}</td>
    <td>${one.policyId === null ? html`<span class="dim">none</span>` : policies.get(one.policyId)}</td>
  </tr>`;

const heartbeat = (one: HeartbeatView): Markup =>
  html`<tr>
    <th scope="row">${one.name}</th>
    <td>${state(tones[one.status], one.status)}</td>
    <td class="number">${length(one.period)} and ${length(one.grace)}</td>
    <td class="number">${one.lastBeatAt === null ? "never" : clock(one.lastBeatAt)}</td>
  </tr>`;

const memberWords = (account: Account, { type, id, email }: StepMember): string => {
  const number = Number(id ?? 0);
  switch (type) {
    case "user":
      return email ?? `user ${number}`;
    case "slack_integration":
      return account.in("slack-integrations").get(number)?.attributes.slack_channel_name ?? "a Slack channel";
    case "webhook":
      return `webhook ${account.in("outgoing-webhooks").get(number)?.attributes.name ?? number}`;
    case "policy":
      return `policy ${account.in("policies").get(number)?.attributes.name ?? number}`;
    default:
      return type.replaceAll("_", " ");
  }
};

const stepWords = (account: Account, step: Step): string => {
  if (step.type !== "escalation") return step.type.replaceAll("_", " ");
  const severity =
    step.urgency_id == null ? undefined : account.in("urgencies").get(step.urgency_id)?.attributes.name;
  const when =
    step.wait_until_time == null
      ? (step.wait_before ?? 0) === 0
        ? "at once"
        : `after ${length(step.wait_before ?? 0)}`
      : `at ${step.wait_until_time}`;
  const whom = (step.step_members ?? []).map((member) => memberWords(account, member)).join(", ");
  return `${when}: ${whom}${severity === undefined ? "" : ` (${severity})`}`;
};

/** The parts of Better Stack's page. No token and no address that is a secret is in them. */
export const betterStackParts = (account: Account, engine: Engine): Markup => {
  const { monitors, heartbeats, incidents } = stateOf(account, engine);
  const policies = account.in("policies").list();
  const names = new Map(policies.map(({ id, attributes }) => [id, attributes.name]));
  const open = incidents.filter(({ status }) => status !== "Resolved").length;
  return html`<h2>Incidents <small>${open} open</small></h2>
    ${incidents.length === 0 ? html`<p>None so far.</p>` : nothing}
    ${incidents
      .toReversed()
      .slice(0, shown)
      .map((one) => incident(one, names))}
    <h2>Monitors</h2>
    ${table(
      ["Monitor", "State", "Type", "Every", "Last check (UTC)", "Answer", "Policy"],
      monitors.map((one) => monitor(one, names)),
      "None yet. Made with the API.",
    )}
    <h2>Heartbeats</h2>
    ${table(["Heartbeat", "State", "Period and grace", "Last beat (UTC)"], heartbeats.map(heartbeat), "None yet.")}
    <h2>Escalation policies</h2>
    ${table(
      ["Policy", "Steps", "Then"],
      policies.map(
        ({ attributes: { name, steps, repeat_count: repeats, fallback_policy_id: fallback } }) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>
              <ol class="steps">
                ${steps.map((step) => html`<li>${stepWords(account, step)}</li>`)}
              </ol>
            </td>
            <td class="dim">
              ${repeats === 0 ? "" : repeats === 1 ? "once more" : `${repeats} times more`}
              ${fallback === null ? "" : `then policy ${names.get(fallback) ?? fallback}`}
            </td>
          </tr>`,
      ),
      "None yet.",
    )}
    <h2>Channels</h2>
    ${table(
      ["Channel", "Kind"],
      [
        ...account
          .in("slack-integrations")
          .list()
          .map(
            ({ attributes }) =>
              html`<tr>
                <th scope="row">${attributes.slack_channel_name}</th>
                <td>Slack</td>
              </tr>`,
          ),
        ...account
          .in("outgoing-webhooks")
          .list()
          .map(
            ({ id, attributes }) =>
              html`<tr>
                <th scope="row">${attributes.name ?? id}</th>
                <td>outgoing webhook, ${attributes.trigger_type.replaceAll("_", " ")}</td>
              </tr>`,
          ),
      ],
      "None yet. A person links Slack; webhooks are made with the API.",
    )}`;
};

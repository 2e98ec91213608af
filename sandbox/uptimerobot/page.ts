import { html } from "hono/html";
import { address, clock, length, nothing, span, state, table, timeline } from "../monitoring/page/parts";
import type { Markup } from "../page/document";
import type { Account } from "./account";
import type { Engine } from "./engine";
import type { MonitorStatus } from "./runtime";
import { stateOf, type IncidentView, type MonitorView } from "./views";

/** Incidents shown. */
const shown = 30;

const tones = {
  UP: "up",
  LOOKS_DOWN: "warn",
  STARTED: "rest",
  PAUSED: "rest",
  DOWN: "down",
} as const satisfies Readonly<Record<MonitorStatus, string>>;

const incident = (one: IncidentView): Markup =>
  html`<article class="incident ${one.endedAt === null ? "open" : "over"}">
    <div class="head">
      <strong>${one.name}</strong>
      ${one.endedAt === null ? state("down", "Down") : state("up", "Up again")}
      <span>${one.reason}</span>
      <span class="dim"
        >since ${clock(one.startedAt)}, for ${span((one.endedAt ?? Date.now()) - one.startedAt)}</span
      >
    </div>
    ${timeline(one.startedAt, one.events)}
  </article>`;

const contact = ({ to, threshold, recurrence }: MonitorView["contacts"][number]): Markup =>
  html`<div>
    ${to}
    <span class="dim"
      >${threshold === 0 ? "at once" : `after ${threshold} min`}${recurrence === 0 ? "" : `, again every ${recurrence} min`}</span
    >
  </div>`;

const monitor = (one: MonitorView): Markup =>
  html`<tr>
    <th scope="row">
      ${one.name}
      <div>${one.type === "HEARTBEAT" ? nothing : address(one.url)}</div>
    </th>
    <td>${state(tones[one.status], one.status)}</td>
    <td>${one.type}</td>
    <td class="number">${length(one.interval)}</td>
    <td class="number">${clock(one.since)}</td>
    <td class="number">${one.responseTime === null ? "" : `${Math.round(one.responseTime)} ms`}</td>
    <td>${one.contacts.map(contact)}</td>
  </tr>`;

/** The parts of UptimeRobot's page. No key and no address that is a secret is in them. */
export const uptimeRobotParts = (account: Account, engine: Engine): Markup => {
  const { monitors, incidents } = stateOf(account, engine);
  const open = incidents.filter(({ endedAt }) => endedAt === null).length;
  return html`<h2>Incidents <small>${open} open</small></h2>
    ${incidents.length === 0 ? html`<p>None so far.</p>` : nothing}
    ${incidents.toReversed().slice(0, shown).map(incident)}
    <h2>Monitors</h2>
    ${table(
      ["Monitor", "State", "Type", "Every", "Since (UTC)", "Answer", "Tells"],
      monitors.map(monitor),
      "None yet. Made with the API.",
    )}
    <h2>Integrations</h2>
    ${table(
      ["Name", "Type", "For"],
      account
        .in("integrations")
        .list()
        .map(
          ({ id, attributes: { friendlyName, type, enableNotificationsFor } }) =>
            html`<tr>
              <th scope="row">${friendlyName === "" ? id : friendlyName}</th>
              <td>${type}</td>
              <td>${enableNotificationsFor}</td>
            </tr>`,
        ),
      "None yet.",
    )}
    <h2>Maintenance windows</h2>
    ${table(
      ["Name", "When (UTC)", "For"],
      account
        .in("maintenance-windows")
        .list()
        .map(
          ({ attributes: { name, interval, date, time, days, duration } }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>
                ${[interval, date, days.join(", "), time].filter((part) => part !== null && part !== "").join(" ")}
              </td>
              <td class="number">${duration} min</td>
            </tr>`,
        ),
      "None yet.",
    )}`;
};

import { html } from "hono/html";
import type { Markup, PageDocument } from "../../page/document";
import { leaseOf } from "../machines/leases";
import { autostopOf, processGroupOf } from "../model/config";
import type { Machine, MachineEvent } from "../model/machine";
import type { Platform } from "../platform";
import { isRoutable, publicService } from "../proxy/public-service";
import type { Proxies } from "../proxy/proxies";

const mebibyte = 1_048_576;
/** Events shown a machine. */
const shownEvents = 6;

const tone = (machine: Machine): string => {
  if (machine.hostStatus !== "ok" || machine.state === "failed") return "down";
  if (machine.state === "stopped" || machine.state === "suspended") return "rest";
  if (machine.state !== "started") return "broken";
  return machine.checks.some(({ status }) => status === "critical") ? "down" : "up";
};

const checkTone = { passing: "up", warning: "broken", critical: "down" } as const;

const checks = ({ checks: findings }: Machine): Markup =>
  findings.length === 0
    ? html`<span class="dim">none</span>`
    : html`${findings.map(
        ({ name, status, output }) =>
          html`<div class="line" title="${output}">
            <span class="state ${checkTone[status]}">${status}</span> ${name}
          </div>`,
      )}`;

const words = ({ type, source, request }: MachineEvent): string => {
  const exit = request?.exit_event;
  const details = exit && [
    `code ${exit.exit_code}`,
    ...(exit.oom_killed ? ["out of memory"] : []),
    ...(exit.requested_stop ? ["asked for"] : []),
    ...(exit.restarting ? [`restart ${request.restart_count}`] : []),
  ];
  return `${type}${details === undefined ? "" : ` (${details.join(", ")})`} by ${source}`;
};

const events = (machine: Machine): Markup =>
  html`${machine.events
    .slice(0, shownEvents)
    .map(
      (event) =>
        html`<div class="line">
          <time>${new Date(event.timestamp).toISOString().slice(11, 19)}</time> ${words(event)} →
          ${event.status}
        </div>`,
    )}`;

const scaling = ({ config }: Machine): string => {
  const service = publicService(config);
  if (service === undefined) return "";
  const minimum = service.min_machines_running ?? 0;
  return `autostop ${autostopOf(service)}, autostart ${service.autostart === true ? "on" : "off"}, min ${minimum}`;
};

const action = (id: string, name: string, label: string, title: string): Markup =>
  html`<form method="post" action="/fly/act">
    <input type="hidden" name="machine" value="${id}" /><button name="act" value="${name}" title="${title}">
      ${label}
    </button>
  </form>`;

const actions = (machine: Machine): Markup =>
  machine.process === undefined
    ? html`${action(machine.id, "start", "Start", "as `fly machine start` does")}`
    : html`${action(machine.id, "kill", "Kill", "ends the program as a crash does")}
      ${machine.process.frozen() ? action(machine.id, "unhang", "Go on", "after Hang") : action(machine.id, "hang", "Hang", "the program takes connections and never answers")}
      ${action(machine.id, "stop", "Stop", "as `fly machine stop` does")}`;

const row = (machine: Machine, { loads }: Proxies): Markup => {
  const { cpu_kind: kind, cpus, memory_mb: memory } = machine.config.guest;
  const lease = leaseOf(machine);
  return html`<tr>
    <th scope="row">
      ${machine.name}
      <div class="dim"><code>${machine.id}</code></div>
      <div class="dim">${processGroupOf(machine.config)} in ${machine.region}</div>
    </th>
    <td>
      <span class="state ${tone(machine)}">${machine.state}</span>
      ${machine.cordoned ? html`<div class="broken">cordoned</div>` : html``}
      ${machine.hostStatus === "ok" ? html`` : html`<div class="down">host ${machine.hostStatus}</div>`}
      ${lease === undefined ? html`` : html`<div class="broken">leased</div>`}
      ${machine.process?.frozen() === true && machine.state === "started" ? html`<div class="down">hangs</div>` : html``}
      ${isRoutable(machine) ? html`<div class="dim">in service, ${loads.current(machine.id)} in flight</div>` : html``}
    </td>
    <td>
      <div class="line">${kind} ${cpus}x, ${Math.round(machine.memory / mebibyte)} of ${memory} MB</div>
      <div class="line dim">${scaling(machine)}</div>
      <div class="line"><code>${machine.address}</code></div>
    </td>
    <td>${checks(machine)}</td>
    <td class="events">${events(machine)}</td>
    <td>
      <div class="faults">${actions(machine)} <a href="/fly/machines/${machine.id}/log">Log</a></div>
    </td>
  </tr>`;
};

/** The page of Fly: every app with its machines, their checks and last events. Works without a script. */
export const flyPage = ({ estate, clock }: Platform, proxies: Proxies): PageDocument => {
  const urls = proxies.addresses();
  return {
    title: "Fly in the sandbox",
    styles: ["/style.css", "/fly/style.css"],
    attributes: html`class="wide"`,
    hasForms: true,
    body: html`<header>
        <div>
          <h1>Fly in the sandbox</h1>
          <p>Time runs ${clock.factor} times faster. <a href="/">Apps, services and faults</a></p>
        </div>
        <form method="post" action="/fly/act">
          <button class="mend" name="act" value="pass" title="stops idle machines now">Run autostop</button>
        </form>
      </header>
      ${[...estate.apps.keys()].map((app) => {
        const machines = estate.machinesOf(app);
        const url = urls[app];
        return html`<section>
          <h2>
            ${app}
            ${url === undefined ? html`<span class="dim">private</span>` : html`<a href="${url}">${url.replace("http://", "")}</a>`}
          </h2>
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Machine</th>
                  <th scope="col">State</th>
                  <th scope="col">Guest</th>
                  <th scope="col">Checks</th>
                  <th scope="col">Events (UTC)</th>
                  <th scope="col">By hand</th>
                </tr>
              </thead>
              <tbody>
                ${machines.map((machine) => row(machine, proxies))}
              </tbody>
            </table>
          </div>
        </section>`;
      })}`,
  };
};

/** What the page adds to the control page's style sheet. */
export const flyPageStyle = `
body.wide { max-width: 110rem; }
section { margin-bottom: 2rem; }
h2 { font-size: 1.05rem; margin: 0 0 .25rem; }
h2 a, h2 .dim { font-size: .85rem; font-weight: 400; margin-left: .4rem; }
table { table-layout: fixed; min-width: 72rem; }
th, td { font-size: .85rem; overflow-wrap: anywhere; }
th:nth-child(1) { width: 12%; } th:nth-child(2) { width: 10%; } th:nth-child(3) { width: 18%; }
th:nth-child(4) { width: 18%; } th:nth-child(5) { width: 25%; }
tbody th { font-weight: 600; white-space: normal; }
tbody th .dim { font-weight: 400; }
.dim, time { color: var(--dim); }
.rest { color: var(--dim); }
code { font: 12px ui-monospace, Menlo, monospace; }
time { font-variant-numeric: tabular-nums; }
.line { margin-bottom: .1rem; }
.faults { align-items: center; }
`;

import { html } from "hono/html";
import type { RunningApp } from "../apps/run-app";
import type { ActiveFault, FaultBoard } from "../faults/fault-board";
import type { Markup, PageDocument } from "../page/document";
import type { Service } from "../service";

const described = ({ parameters }: ActiveFault): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");

const button =
  (place: string, board: FaultBoard) =>
  (fault: FaultBoard["known"][number]): Markup => {
    const active = board.active()[fault.name];
    const details = active === undefined ? "" : described(active);
    return html`<form method="post" action="/toggle">
      <input type="hidden" name="place" value="${place}" /><input
        type="hidden"
        name="fault"
        value="${fault.name}"
      />
      <button
        name="turn"
        value="${active === undefined ? "on" : "off"}"
        aria-pressed="${active === undefined ? "false" : "true"}"
        title="${fault.summary}"
      >
        ${fault.name}${details === "" ? html`` : html` <small>${details}</small>`}
      </button>
    </form>`;
  };

const state = (listening: boolean, board: FaultBoard): Markup => {
  if (!listening) return html`<span class="state down">down</span>`;
  return Object.keys(board.active()).length > 0
    ? html`<span class="state broken">broken</span>`
    : html`<span class="state up">up</span>`;
};

const link = (address: string): Markup => html`<a href="${address}">${address.replace("http://", "")}</a>`;

const addresses = (app: RunningApp): Markup =>
  html`${Object.entries(app.ports).map(([port, number]) => {
    const host = new URL(app.url).hostname;
    const base = `http://${host}:${number}`;
    const paths = app.paths[port] ?? [];
    return paths.length === 0
      ? html`<div><code>tcp ${host}:${number}</code></div>`
      : html`<div>
          <code>${host}:${number}</code> ${paths.map((path) => html`<a href="${base}${path}">${path}</a> `)}
        </div>`;
  })}`;

const row = (name: string, where: Markup, listening: boolean, board: FaultBoard): Markup =>
  html`<tr>
    <th scope="row">${name}</th>
    <td>${state(listening, board)}</td>
    <td class="where">${where}</td>
    <td><div class="faults">${board.known.map(button(name, board))}</div></td>
  </tr>`;

const pageOf = (service: Service): Markup => {
  const page = "page" in service.announcement ? service.announcement.page : service.page;
  return typeof page === "string" ? link(page) : html``;
};

/** The control page: what runs where, and its faults as buttons. Works without a script. */
export const controlPage = (
  apps: readonly RunningApp[],
  services: Readonly<Record<string, Service>>,
): PageDocument => {
  const boards = [...apps, ...Object.values(services)].map(({ faults }) => faults);
  const active = boards.reduce((sum, board) => sum + Object.keys(board.active()).length, 0);
  return {
    title: "Sandbox control",
    styles: ["/style.css"],
    hasForms: true,
    body: html`<header>
        <div>
          <h1>Sandbox control</h1>
          <p>A button switches a fault on, and off again. It takes effect at once.</p>
        </div>
        <form method="post" action="/toggle">
          <button class="mend" name="turn" value="all-off" ${active === 0 ? html`disabled` : html``}>
            Mend everything
          </button>
        </form>
      </header>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">App</th>
              <th scope="col">State</th>
              <th scope="col">Address</th>
              <th scope="col">Faults</th>
            </tr>
          </thead>
          <tbody>
            ${apps.map((app) => row(app.name, addresses(app), app.listening(), app.faults))}
          </tbody>
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col">State</th>
              <th scope="col">Page</th>
              <th scope="col">Faults</th>
            </tr>
          </thead>
          <tbody>
            ${Object.entries(services).map(([name, service]) => row(name, pageOf(service), service.listening(), service.faults))}
          </tbody>
        </table>
      </div>`,
  };
};

/** The control page's style sheet. */
export const controlStyle = `
:root { --back: #fff; --text: #1d1c1d; --dim: #616061; --line: #e2e2e5; --link: #0b5cad; --button: #f4f4f6; --up: #147a4b; --broken: #9a5b00; --down: #b3122d; }
@media (prefers-color-scheme: dark) {
  :root { --back: #1a1d21; --text: #e2e3e5; --dim: #a3a6ab; --line: #363a40; --link: #6cb4f5; --button: #282c31; --up: #4fc98b; --broken: #f0b54a; --down: #ff7d92; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.25rem; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, "Segoe UI", Roboto, sans-serif; }
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; flex-wrap: wrap; margin-bottom: 1rem; }
h1 { font-size: 1.3rem; margin: 0; }
header p { margin: 0; color: var(--dim); }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .6rem .75rem .6rem 0; border-bottom: 1px solid var(--line); }
thead th { font-size: .78rem; color: var(--dim); font-weight: 600; }
tbody + thead th { padding-top: 1.75rem; }
tbody th { white-space: nowrap; }
.state { font-weight: 600; }
.state::before { content: "●"; margin-right: .35rem; }
.up { color: var(--up); } .broken { color: var(--broken); } .down { color: var(--down); }
.where { font-size: .85rem; }
.where code { font: 13px ui-monospace, Menlo, monospace; color: var(--dim); white-space: nowrap; margin-right: .3rem; }
.faults { display: flex; flex-wrap: wrap; gap: .4rem; }
form { margin: 0; }
button { font: inherit; font-size: .85rem; padding: .2rem .65rem; border: 1px solid var(--line); border-radius: 6px; background: var(--button); color: var(--text); cursor: pointer; }
button:hover:enabled { border-color: var(--dim); }
button[aria-pressed="true"] { background: var(--down); border-color: var(--down); color: var(--back); font-weight: 600; }
button small { font-weight: 400; }
button:disabled { color: var(--dim); cursor: default; }
.mend { padding: .4rem 1rem; }
`;

import { html } from "hono/html";
import type { Markup } from "../../page/document";
import type { Entry, HookCall, Mail } from "../store";
import { isTaken } from "../store";
import { shownHook, shownPath } from "../views";

const clock = (at: number): string => new Date(at).toISOString().slice(11, 19);
const time = (at: number): Markup => html`<time datetime="${new Date(at).toISOString()}">${clock(at)}</time>`;

const mail = ({ id, at, from, to, subject, text, html: rich }: Mail): Markup =>
  html`<li class="arrival" id="e${id}">
    <div class="avatar mail" aria-hidden="true">✉</div>
    <div class="body">
      <div class="head">
        <b>${to.join(", ")}</b><span class="tag">MAIL</span>${time(at)}<span class="from">from ${from}</span>
        ${rich === undefined ? html`` : html`<a href="/mails/${id}" target="_blank" rel="noreferrer">as designed</a>`}
      </div>
      <div class="subject">${subject === "" ? html`<i>no subject</i>` : subject}</div>
      <div class="text">${text.trim()}</div>
    </div>
  </li>`;

const pretty = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
};

const outcome = (call: HookCall): Markup => {
  if (isTaken(call)) return html``;
  return html`<span class="refused"
    >${call.status === undefined ? "left to hang" : `refused with ${call.status}`}</span
  >`;
};

const call = (entry: HookCall): Markup =>
  html`<li class="arrival" id="e${entry.id}">
    <div class="avatar call" aria-hidden="true">↪</div>
    <div class="body">
      <div class="head">
        <b>${shownHook(entry.hook)}</b><span class="tag">CALL</span>${time(entry.at)}${outcome(entry)}
        <code>${entry.method} ${shownPath(entry)}</code>
      </div>
      ${
        entry.body.trim() === ""
          ? html``
          : html`<details>
              <summary>${entry.body.length} characters</summary>
              <pre>${pretty(entry.body)}</pre>
            </details>`
      }
    </div>
  </li>`;

/** One mail or call. HTML of a mail is told as text; its own look is a page of its own. */
export const entryMarkup = (entry: Entry): Markup => (entry.kind === "mail" ? mail(entry) : call(entry));

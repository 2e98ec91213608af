import { html } from "hono/html";
import type { Markup } from "../../page/document";

export const nothing = html``;

export const clock = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** How long, in the largest unit that says enough. */
export const span = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
};

/** Seconds or minutes as somebody set them. */
export const length = (seconds: number): string =>
  seconds % 60 === 0 && seconds > 0 ? `${seconds / 60} min` : `${seconds} s`;

/** An address without name, password and query, which may let somebody in. */
export const address = (text: string): Markup => {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return html`<span class="dim">${text}</span>`;
  const { origin, pathname, search } = new URL(text);
  return html`<span class="dim">${origin}${pathname}${search === "" ? "" : "?…"}</span>`;
};

export const state = (tone: "up" | "warn" | "down" | "rest", word: string): Markup =>
  html`<span class="state ${tone}">${word}</span>`;

export interface TimelineEvent {
  readonly at: number;
  readonly text: string;
}

/** What happened during an incident, each with the time since its start. */
export const timeline = (startedAt: number, events: readonly TimelineEvent[]): Markup =>
  html`<ol>
    ${events.map(
      ({ at, text }) =>
        html`<li>
          <time datetime="${new Date(at).toISOString()}">+${((at - startedAt) / 1_000).toFixed(1)} s</time>
          <span>${text}</span>
        </li>`,
    )}
  </ol>`;

/** A table, or what to say where it has no rows. */
export const table = (heads: readonly string[], rows: readonly Markup[], empty: string): Markup =>
  rows.length === 0
    ? html`<p>${empty}</p>`
    : html`<div class="scroll">
        <table>
          <thead>
            <tr>
              ${heads.map((head) => html`<th scope="col">${head}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>`;

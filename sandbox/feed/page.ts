import { html } from "hono/html";
import type { Markup, PageDocument } from "../page/document";

export interface FeedPage {
  readonly title: string;
  /** Attributes of the body, which the script reads. */
  readonly data: Markup;
  /** What is at the left: its name for screen readers, its heading, and how the list is found by the script. */
  readonly side: {
    readonly label: string;
    readonly name: string;
    readonly id: string;
    readonly list: Markup;
  };
  /** With its tag. */
  readonly heading: Markup;
  /** What arrives: "messages" as the reader and the script call them. */
  readonly arrivals: {
    readonly id: string;
    readonly label: string;
    readonly noun: string;
    readonly shown: readonly Markup[];
    /** How many earlier ones are left out. */
    readonly left: number;
    readonly none: string;
  };
}

/** A page with a list at the left and what arrives at the right: complete without a script, and live with one. */
export const feedPage = ({ title, data, side, heading, arrivals }: FeedPage): PageDocument => ({
  title,
  styles: ["/page/style.css"],
  script: "/page/live.js",
  attributes: data,
  body: html`<nav aria-label="${side.label}">
      <header>
        <b>${side.name}</b
        ><span
          id="live"
          class="live"
          title="shows whether ${arrivals.label.toLowerCase()} arrive by themselves"
          >reload to see more</span
        >
      </header>
      <div id="${side.id}">${side.list}</div>
    </nav>
    <main>
      ${heading}
      <ol id="${arrivals.id}" aria-live="polite" aria-label="${arrivals.label}">
        ${arrivals.left > 0 ? html`<li class="earlier">${arrivals.left} earlier ${arrivals.noun} are not shown</li>` : html``}
        ${arrivals.shown}
      </ol>
      <p id="empty" ${arrivals.shown.length > 0 ? html`hidden` : html``}>${arrivals.none}</p>
    </main>`,
});

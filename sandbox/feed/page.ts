import { html } from "hono/html";

export type Markup = ReturnType<typeof html>;

/** The page may load its own parts only. */
export const feedPolicy =
  "default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
export const feedPage = ({ title, data, side, heading, arrivals }: FeedPage): Markup =>
  html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/page/style.css" />
        <script defer src="/page/live.js"></script>
      </head>
      <body ${data}>
        <nav aria-label="${side.label}">
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
        </main>
      </body>
    </html>`;

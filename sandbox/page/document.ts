import type { Context } from "hono";
import { html } from "hono/html";

export type Markup = ReturnType<typeof html>;

/** What a page of the sandbox is made of. */
export interface PageDocument {
  readonly title: string;
  /** Paths. */
  readonly styles: readonly string[];
  /** Path of what keeps the page live; it is complete without. */
  readonly script?: string;
  /** Attributes of the body. */
  readonly attributes?: Markup;
  readonly body: Markup;
  /** Whether it has buttons that send something. */
  readonly hasForms?: boolean;
}

const documentOf = ({ title, styles, script, attributes = html``, body }: PageDocument): Markup =>
  html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${styles.map((style) => html`<link rel="stylesheet" href="${style}" />`)}
        ${script === undefined ? html`` : html`<script defer src="${script}"></script>`}
      </head>
      <body ${attributes}>
        ${body}
      </body>
    </html>`;

/** A page may load its own parts only. */
const policyOf = ({ hasForms = false }: PageDocument): string =>
  `default-src 'self'; img-src data:; base-uri 'none'; form-action ${hasForms ? "'self'" : "'none'"}; frame-ancestors 'none'`;

/** Answers with a page as it is now. */
export const answerPage = (c: Context, page: PageDocument): Response | Promise<Response> => {
  c.header("Content-Security-Policy", policyOf(page));
  c.header("Cache-Control", "no-store");
  return c.html(documentOf(page));
};

import { html } from "hono/html";
import { feedPage } from "../../feed/page";
import type { Markup, PageDocument } from "../../page/document";
import type { Entry, Store } from "../store";
import { shownHook } from "../views";
import { entryMarkup } from "./entry";

/** What is looked at: all, the mails to one person, or the calls of one webhook by its name as it is shown. */
export type View =
  | { readonly kind: "all" }
  | { readonly kind: "mail"; readonly to: string }
  | { readonly kind: "call"; readonly hook: string };

/** So many of the latest are on a page. */
const shownEntries = 200;

export const isIn = (view: View, entry: Entry): boolean => {
  if (view.kind === "all") return true;
  if (view.kind === "mail") return entry.kind === "mail" && entry.to.includes(view.to);
  return entry.kind === "call" && shownHook(entry.hook) === view.hook;
};

/** The view as its address has it. */
export const viewQuery = (view: View): string => {
  if (view.kind === "all") return "";
  const search = new URLSearchParams(view.kind === "mail" ? { to: view.to } : { hook: view.hook });
  return `?${search.toString()}`;
};

export const viewOf = (query: Readonly<Record<string, string>>): View => {
  if (query.to !== undefined) return { kind: "mail", to: query.to };
  if (query.hook !== undefined) return { kind: "call", hook: shownHook(query.hook) };
  return { kind: "all" };
};

const item = (view: View, here: View, label: string, count: number): Markup =>
  html`<li>
    <a href="/${viewQuery(view)}" ${viewQuery(view) === viewQuery(here) ? html`aria-current="page"` : html``}
      ><span class="name">${label}</span><span class="count">${count}</span></a
    >
  </li>`;

/** People and webhooks at the left, each with how much has come. */
export const sidebarMarkup = (store: Store, here: View): Markup => {
  const people = new Map<string, number>();
  const hooks = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string): void => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const entry of store.entries())
    if (entry.kind === "mail")
      entry.to.forEach((to) => {
        count(people, to);
      });
    else count(hooks, shownHook(entry.hook));
  const sorted = (counts: Map<string, number>): readonly [string, number][] =>
    [...counts].toSorted(([a], [b]) => a.localeCompare(b));
  return html`<ul>
      ${item({ kind: "all" }, here, "All", store.entries().length)}
    </ul>
    ${people.size === 0 ? html`` : html`<h2>Mail</h2>`}
    <ul>
      ${sorted(people).map(([to, arrived]) => item({ kind: "mail", to }, here, to, arrived))}
    </ul>
    ${hooks.size === 0 ? html`` : html`<h2>Webhooks</h2>`}
    <ul>
      ${sorted(hooks).map(([hook, arrived]) => item({ kind: "call", hook }, here, hook, arrived))}
    </ul>`;
};

const heading = (view: View): string =>
  view.kind === "all" ? "Mail and calls" : view.kind === "mail" ? view.to : view.hook;

/** The whole page: complete without a script; with one, what arrives comes in by itself. */
export const pageMarkup = (store: Store, view: View): PageDocument => {
  const all = store.entries().filter((entry) => isIn(view, entry));
  const shown = all.slice(-shownEntries);
  return feedPage({
    title: "Inbox on loopback",
    data: html`data-view="${viewQuery(view)}" data-last="${String(store.entries().at(-1)?.id ?? 0)}"`,
    side: {
      label: "People and webhooks",
      name: "Inbox",
      id: "sidebar",
      list: sidebarMarkup(store, view),
    },
    heading: html`<header><h1>${heading(view)}</h1></header>`,
    arrivals: {
      id: "entries",
      label: "Mails and calls",
      noun: "ones",
      shown: shown.map(entryMarkup),
      left: all.length - shown.length,
      none: "Nothing has arrived yet.",
    },
  });
};

import type { UptimeBackend } from "../../model/uptime-names";
import { backendTitles, uptimeBackends } from "../../model/uptime-names";

/** What a backend makes of the ladder. The table of docs/uptime.md is made of this, and the tests hold each to it. */
export interface Guarantees {
  /** Whether somebody can say "I am on it", and nobody after them is told. */
  readonly acknowledgement: boolean;
  /** What ends an incident, so that the ladder begins anew with the next failure. */
  readonly reset: "one good answer" | "a recovery period";
  /** How people of the ladder hear, beside the channel. */
  readonly people: "by e-mail" | "by name, in the channel";
  readonly clock: string;
  readonly reminders: string;
  readonly restart: string;
  readonly heartbeats: boolean;
  readonly statusPage: string;
  readonly regions: boolean;
}

export const guarantees: Readonly<Record<UptimeBackend, Guarantees>> = {
  gatus: {
    acknowledgement: false,
    reset: "one good answer",
    people: "by name, in the channel",
    clock: "failures in a row: (failures - 1) x interval",
    reminders: "none",
    restart: "told steps are kept in SQLite; untold ones count from there",
    heartbeats: false,
    statusPage: "its own",
    regions: false,
  },
  betterstack: {
    acknowledgement: true,
    reset: "a recovery period",
    people: "by e-mail",
    clock: "the confirmation period, then waits since the step before",
    reminders: "none; a policy's repeats are a transform away",
    restart: "the service's own",
    heartbeats: true,
    statusPage: "at SUBDOMAIN.betteruptime.com",
    regions: true,
  },
  uptimerobot: {
    acknowledgement: false,
    reset: "one good answer",
    people: "by name, in the channel",
    clock: "whole minutes down, by contact",
    reminders: "none; a contact's recurrence is a transform away",
    restart: "the service's own",
    heartbeats: true,
    statusPage: "at stats.uptimerobot.com",
    regions: true,
  },
};

const yesNo = (value: boolean): string => (value ? "yes" : "no");

const rows: readonly (readonly [string, (of: Guarantees) => string])[] = [
  ["acknowledging stops the ladder", ({ acknowledgement }) => yesNo(acknowledgement)],
  ["the ladder begins anew after", ({ reset }) => reset],
  ["its people hear", ({ people }) => people],
  ["its clock", ({ clock }) => clock],
  ["reminders", ({ reminders }) => reminders],
  ["after a restart", ({ restart }) => restart],
  ["takes heartbeats", ({ heartbeats }) => yesNo(heartbeats)],
  ["status page", ({ statusPage }) => statusPage],
  ["regions", ({ regions }) => yesNo(regions)],
];

/** The table as Markdown, in columns. */
export const guaranteesTable = (): string => {
  const cells = [
    ["", ...uptimeBackends.map((backend) => backendTitles[backend])],
    ...rows.map(([title, of]) => [title, ...uptimeBackends.map((backend) => of(guarantees[backend]))]),
  ];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
};

import type { ExporterApp, ExporterConfig } from "../../infra/model/exporter-config";
import { evaluationArguments } from "../../infra/render/watchtower/scrape";
import { readMachines } from "../../watchtower/exporter/machine";
import { appSamples, type Sample } from "../../watchtower/exporter/metrics";
import { newState, type AppState } from "../../watchtower/exporter/state";

/** An app with one group, and nothing to read but its machines. */
export const exporterApp = (changes: Partial<ExporterApp> = {}): ExporterApp => ({
  name: "shop",
  processGroups: ["app"],
  conditions: [],
  approvals: [],
  tools: [],
  ...changes,
});

export const exporterConfig = (changes: Partial<ExporterConfig> = {}): ExporterConfig => ({
  apiUrl: "http://127.0.0.1:1",
  tokenFile: "",
  access: { user: "flymon", passwordFile: "" },
  intervalMs: 15_000,
  answerAgeMs: 45_000,
  apiTimeoutMs: 10_000,
  answerTimeoutMs: 5_000,
  checkSettlesMs: 120_000,
  exitsWindowMs: 600_000,
  certificateIntervalMs: 3_600_000,
  apps: [],
  ...changes,
});

/** An app whose machines were read from this answer at `at`. */
export const stateOf = (answer: unknown, at: number, app = exporterApp()): AppState => {
  const state = newState(app);
  state.asked = true;
  const list = readMachines(answer);
  if (list !== undefined) state.machines = { at, list };
  return state;
};

/** "name{label=value,…}" of each sample, with its value. */
export const byName = (samples: readonly Sample[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    samples.map(({ name, labels, value }) => {
      const pairs = Object.entries(labels)
        .filter(([label]) => label !== "app")
        .map(([label, text]) => `${label}=${text}`);
      return [`${name}{${pairs.join(",")}}`, value];
    }),
  );

/** What is published of an app whose machines are these. */
export const published = (
  answer: unknown,
  now: number,
  app = exporterApp(),
): Readonly<Record<string, number>> => byName(appSamples(stateOf(answer, now, app), now, exporterConfig()));

/** The values in a text of Prometheus' format: by series, labels in the order of the text. */
export const valuesIn = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const end = line.lastIndexOf(" ");
        return [line.slice(0, end), Number(line.slice(end + 1))];
      }),
  );

/** For how long vmalert lets the latest value of a series count: "120s". */
export const lookback = (settings: Parameters<typeof evaluationArguments>[0]): string =>
  /-datasource\.queryStep=(\S+)/.exec(evaluationArguments(settings).join(" "))?.[1] ?? "";

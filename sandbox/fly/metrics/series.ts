import type { Metric } from "../../apps/prometheus";

/** One series with its present value, as text. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

/** The series of metrics. */
export const seriesOf = (metrics: readonly Metric[]): readonly Series[] =>
  metrics.flatMap(({ name, samples }) =>
    samples.map(({ suffix = "", labels = {}, value }) => ({
      name: `${name}${suffix}`,
      labels,
      value: String(value),
    })),
  );

const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+\d+)?$/;
const escapes: Readonly<Record<string, string>> = { n: "\n" };

/** A line of Prometheus' text format; undefined for a comment, a blank one, or what is none. */
export const readSeries = (line: string): Series | undefined => {
  const [, name, pairs = "", value] = sample.exec(line.trim()) ?? [];
  if (name === undefined || value === undefined) return undefined;
  const labels = [...pairs.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(
    ([, label = "", text = ""]) =>
      [label, text.replaceAll(/\\(.)/g, (_, escaped: string) => escapes[escaped] ?? escaped)] as const,
  );
  return { name, labels: Object.fromEntries(labels), value };
};

const escaped = (text: string): string =>
  /[\\"\n]/.test(text) ? text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n") : text;

/** A series as a line of Prometheus' text format. */
export const seriesLine = ({ name, labels, value }: Series): string => {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
};

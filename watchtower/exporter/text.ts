import { exporterMetrics } from "../../infra/model/exporter-metrics";
import type { Sample } from "./metrics";

/** For help texts; label values escape their quotes too. */
const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

const line = ({ name, labels, value }: Sample): string => {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`,
  );
  return `${name}{${pairs.join(",")}} ${value}\n`;
};

/** Samples in Prometheus' text format, those of a metric together. */
export const metricsText = (samples: readonly Sample[]): string => {
  const byName = new Map<Sample["name"], Sample[]>();
  for (const sample of samples) {
    const own = byName.get(sample.name);
    if (own) own.push(sample);
    else byName.set(sample.name, [sample]);
  }
  return [...byName]
    .map(
      ([name, own]) =>
        `# HELP ${name} ${escaped(exporterMetrics[name].meaning)}\n# TYPE ${name} gauge\n${own.map(line).join("")}`,
    )
    .join("");
};

export const metricsContentType = "text/plain; version=0.0.4; charset=utf-8";

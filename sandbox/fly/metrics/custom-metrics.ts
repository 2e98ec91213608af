import type { Machine } from "../model/machine";
import { labelsOf } from "./instance-metrics";
import { readSeries, type Series } from "./series";

/**
 * How long a machine's own endpoint may take, milliseconds; answers above the size are dropped. Source of the size:
 * Fly's "Metrics". Fly scrapes apart from who federates; here one waits for the other, so a slow app must not make all
 * the others' metrics late.
 */
const limits = { timeout: 300, bytes: 16 * 1_048_576 } as const;

const scrape = async (machine: Machine): Promise<readonly Series[]> => {
  const { metrics } = machine.config;
  if (!metrics || machine.state !== "started") return [];
  try {
    const response = await fetch(`http://${machine.address}:${metrics.port}${metrics.path}`, {
      signal: AbortSignal.timeout(limits.timeout),
    });
    const text = await response.text();
    if (!response.ok || text.length > limits.bytes) return [];
    const fly = labelsOf(machine);
    return text.split("\n").flatMap((line) => {
      const series = readSeries(line);
      // Fly's labels win over the machine's own of the same name.
      return series === undefined ? [] : [{ ...series, labels: { ...series.labels, ...fly } }];
    });
  } catch {
    return []; // as an endpoint that is not there: no series
  }
};

/** What the machines themselves publish where their config's `metrics` says. */
export const customMetrics = async (machines: readonly Machine[]): Promise<readonly Series[]> =>
  (await Promise.all(machines.map(scrape))).flat();

import type { Machine } from "../model/machine";
import { labelsOf } from "./instance-metrics";

/** How long a machine's own endpoint may take, milliseconds; answers above the size are dropped. Source: Fly's "Metrics". */
const limits = { timeout: 1_000, bytes: 16 * 1_048_576 } as const;

const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+\d+)?$/;

/** Lines of a machine's own metrics under Fly's labels, which win over its own of the same name. */
const labelled = (line: string, machine: Machine): string => {
  const [, name, own = "", value] = sample.exec(line) ?? [];
  if (name === undefined) return line;
  const fly = labelsOf(machine);
  const kept = [...own.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)]
    .filter(([, label = ""]) => !(label in fly))
    .map(([pair]) => pair);
  const ours = Object.entries(fly).map(([label, text]) => `${label}="${text}"`);
  return `${name}{${[...kept, ...ours].join(",")}} ${value}`;
};

const scrape = async (machine: Machine): Promise<readonly string[]> => {
  const { metrics } = machine.config;
  if (!metrics || machine.state !== "started") return [];
  try {
    const response = await fetch(`http://${machine.address}:${metrics.port}${metrics.path}`, {
      signal: AbortSignal.timeout(limits.timeout),
    });
    const text = await response.text();
    if (!response.ok || text.length > limits.bytes) return [];
    return text.split("\n").flatMap((line) => {
      if (line.startsWith("#") || line.trim() === "") return [];
      const answer = labelled(line, machine);
      return answer === line ? [] : [answer];
    });
  } catch {
    return []; // as an endpoint that is not there: no series
  }
};

/** What the machines themselves publish where their config's `metrics` says. */
export const customMetrics = async (machines: readonly Machine[]): Promise<readonly string[]> =>
  (await Promise.all(machines.map(scrape))).flat();

import type { Metric, Sample } from "../../apps/prometheus";
import type { Estate } from "../machines/estate";
import { primaryRegion } from "../proxy/public-service";
import { timeBounds, type Answers } from "../proxy/traffic";
import type { Proxies } from "../proxy/proxies";
import { labelsOf } from "./instance-metrics";

type Labels = Readonly<Record<string, string>>;

const histogram = (labels: Labels, { count, sum, buckets }: Answers): readonly Sample[] => [
  ...timeBounds.map((bound, index) => ({
    suffix: "_bucket",
    labels: { ...labels, le: String(bound) },
    value: buckets[index] ?? 0,
  })),
  { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
  { suffix: "_sum", labels, value: sum },
  { suffix: "_count", labels, value: count },
];

const answersOf = (
  kind: "edge" | "app",
  series: readonly { readonly labels: Labels; readonly answers: Answers }[],
): readonly Metric[] => [
  {
    name: `fly_${kind}_http_responses_count`,
    type: "counter",
    help: "Responses by status.",
    samples: series.map(({ labels, answers }) => ({ labels, value: answers.count })),
  },
  {
    name: `fly_${kind}_http_response_time_seconds`,
    type: "histogram",
    help: "Time to respond.",
    samples: series.flatMap(({ labels, answers }) => histogram(labels, answers)),
  },
];

/** Fly's `fly_edge_*` (as clients see the app), `fly_app_*` (as machines answer) and `fly_volume_*`. */
export const proxyMetrics = (estate: Estate, { traffic, loads }: Proxies): readonly Metric[] => {
  const edge = [...traffic.edge].flatMap(([app, byStatus]) =>
    [...byStatus].map(([status, answers]) => ({
      labels: {
        app,
        region: primaryRegion(estate, app) ?? "",
        host: "edge",
        status: String(status),
        proxy_id: "blue",
      },
      answers,
    })),
  );
  const machines = [...traffic.machines].flatMap(([id, byStatus]) => {
    const machine = estate.machines.get(id);
    return machine === undefined
      ? []
      : [...byStatus].map(([status, answers]) => ({
          labels: { ...labelsOf(machine), status: String(status), proxy_id: "blue" },
          answers,
        }));
  });
  const volumes = [...estate.volumes.values()].map((volume) => ({
    labels: { app: volume.app, region: volume.region, host: "0000", id: volume.id },
    size: volume.sizeGb * 1_073_741_824,
    used: volume.bytesUsed,
  }));
  return [
    ...answersOf("edge", edge),
    ...answersOf("app", machines),
    {
      name: "fly_app_concurrency",
      type: "gauge",
      help: "Requests in flight.",
      samples: [...estate.machines.values()]
        .filter(({ state }) => state === "started")
        .map((machine) => ({ labels: labelsOf(machine), value: loads.current(machine.id) })),
    },
    {
      name: "fly_volume_size_bytes",
      type: "gauge",
      help: "Size of the volume.",
      samples: volumes.map(({ labels, size }) => ({ labels, value: size })),
    },
    {
      name: "fly_volume_used_pct",
      type: "gauge",
      help: "Share of the volume in use, 0 to 100.",
      samples: volumes.map(({ labels, size, used }) => ({ labels, value: (100 * used) / size })),
    },
  ];
};

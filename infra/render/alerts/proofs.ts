import type { Duration } from "../../model/units";
import type { Comparison } from "./expression";
import type { Proof, ProofSeries } from "./rule";

/** Values on both sides of a limit, near enough that a limit moved by a tenth lies on the other side of one of them. */
export const around = ({
  operator,
  limit,
  whole,
}: Comparison): { quiet: number; loud: number; calm: number } => {
  if (whole) {
    return operator === ">"
      ? { quiet: limit, loud: limit + 1, calm: 0 }
      : { quiet: limit, loud: limit - 1, calm: limit + 1 };
  }
  return operator === ">"
    ? { quiet: 0.99 * limit, loud: 1.01 * limit, calm: 0 }
    : { quiet: 1.01 * limit, loud: 0.99 * limit, calm: 2 * limit };
};

type Series = Omit<ProofSeries, "lane" | "quiet"> & {
  readonly quiet: number | readonly number[];
  /** Fly's own metrics know no process group. */
  readonly by?: "fly" | "exporter";
};

const listed = (quiet: number | readonly number[]): readonly number[] =>
  typeof quiet === "number" ? [quiet] : quiet;

interface MachineProof {
  readonly app: string;
  readonly region: string;
  readonly groups: readonly string[];
  readonly series: readonly Series[];
  readonly value: number;
  readonly memory?: Duration;
  readonly lag?: number;
  /** Labels of the alert besides those of the machine. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** For a rule that tells machines apart: in each process group a machine for each phase, all at the same time. */
export const machineProof = ({
  app,
  region,
  groups,
  series,
  value,
  memory,
  lag,
  labels,
}: MachineProof): Proof => {
  const phases = Math.max(...series.map(({ quiet }) => listed(quiet).length));
  const lanes: ProofSeries["lane"][] = [
    ...Array.from({ length: phases }, (_, index) => ({ quiet: index })),
    "loud",
  ];
  const nameOf = (group: string, lane: ProofSeries["lane"]): string =>
    `${group}-${typeof lane === "object" ? `quiet${lane.quiet === 0 ? "" : String(lane.quiet)}` : "loud"}`;
  return {
    value,
    ...(memory !== undefined && { memory }),
    ...(lag !== undefined && { lag }),
    alerts: groups.map((group) => ({
      app,
      instance: nameOf(group, "loud"),
      process_group: group,
      ...labels,
    })),
    series: groups.flatMap((group) =>
      lanes.flatMap((lane): ProofSeries[] => {
        const instance = nameOf(group, lane);
        const known = { app, instance, region };
        return [
          {
            metric: "flymon_machine_info",
            labels: { ...known, process_group: group },
            kind: "gauge",
            quiet: Array<number>(phases).fill(1),
            loud: 1,
            calm: 1,
            lane,
          },
          ...series.map(({ by = "fly", metric, labels: own, kind, quiet, loud, calm }) => ({
            metric,
            labels: {
              ...(by === "fly" ? known : { app, instance, process_group: group }),
              ...own,
            },
            kind,
            quiet: listed(quiet),
            loud,
            calm,
            lane,
          })),
        ];
      }),
    ),
  };
};

type AppSeries = Omit<Series, "by">;

/** For a rule that sums machines up: one phase after the other. */
export const appProof = ({
  series,
  ...rest
}: Omit<Proof, "series"> & { readonly series: readonly AppSeries[] }): Proof => ({
  ...rest,
  series: series.map((one) => ({ ...one, quiet: listed(one.quiet), lane: "all" })),
});

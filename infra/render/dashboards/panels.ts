import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  VizLegendOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import type { Threshold } from "@grafana/grafana-foundation-sdk/dashboard";
import { ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Severity } from "../../model/severity";

/** The variable that names the store: Fly's own, or the watchtower's. */
export const datasource = "datasource";
export const datasourceRef = { type: "prometheus", uid: `\${${datasource}}` };

const colours: Readonly<Record<Severity, string>> = { info: "blue", warning: "orange", critical: "red" };

/** A limit drawn as a line. */
export interface Line {
  readonly severity: Severity;
  readonly operator: ">" | "<";
  readonly limit: number;
}

/** From each value up, the colour of the severity that begins there; below the lowest limit of a floor it is the worst. */
const steps = (lines: readonly Line[]): Threshold[] => {
  const rising = lines.filter(({ operator }) => operator === ">").toSorted((a, b) => a.limit - b.limit);
  const floors = lines.filter(({ operator }) => operator === "<").toSorted((a, b) => a.limit - b.limit);
  return [
    { value: null, color: floors[0] ? colours[floors[0].severity] : "green" },
    ...floors.map(({ limit }, index) => {
      const next = floors[index + 1];
      return { value: limit, color: next ? colours[next.severity] : "green" };
    }),
    ...rising.map(({ limit, severity }) => ({ value: limit, color: colours[severity] })),
  ];
};

export interface Graph {
  readonly title: string;
  readonly description: string;
  /** Grafana's name of the unit: "percent", "ms", "s", "short". */
  readonly unit: string;
  readonly expression: string;
  readonly legend: string;
  readonly lines: readonly Line[];
}

/** A graph over time with its limits as lines. */
export const graph = ({ title, description, unit, expression, legend, lines }: Graph): PanelBuilder =>
  new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(datasourceRef)
    .unit(unit)
    .min(0)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(lines)))
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        lines.length > 0 ? GraphThresholdsStyleMode.Line : GraphThresholdsStyleMode.Off,
      ),
    )
    .withTarget(
      new DataqueryBuilder()
        .datasource(datasourceRef)
        .expr(expression)
        .legendFormat(legend)
        .refId("A")
        .range(),
    );

import type { DashboardLink, Panel, VariableModel } from "@grafana/grafana-foundation-sdk/dashboard";
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { datasource } from "./panels";

/**
 * A dashboard in the classic schema, which every Grafana imports. The SDK still makes all of its parts; its builder of
 * the frame has given way to the newer schema, which older Grafanas do not know.
 */
export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly timezone: "browser";
  readonly editable: true;
  readonly schemaVersion: number;
  readonly time: { readonly from: string; readonly to: string };
  readonly refresh: string;
  readonly templating: { readonly list: readonly VariableModel[] };
  readonly links: readonly DashboardLink[];
  readonly panels: readonly Panel[];
}

const tag = "flymon";

/** Grafana's grid is 24 wide. */
const columns = 2;
const width = 24 / columns;
const height = 8;

/** A dashboard of graphs, two in a row; which store feeds them is chosen in it. */
export const board = (
  uid: string,
  title: string,
  description: string,
  graphs: readonly PanelBuilder[],
): Board => ({
  uid,
  title,
  description: `${description} Written by flymon: an edit made here is lost with the next import.`,
  tags: [tag],
  timezone: "browser",
  editable: true,
  schemaVersion: 42,
  time: { from: "now-6h", to: "now" },
  refresh: "1m",
  templating: {
    list: [new DatasourceVariableBuilder(datasource).label("Metrics").type("prometheus").build()],
  },
  links: [
    new DashboardLinkBuilder("HotDash on Fly.io")
      .type(DashboardLinkType.Dashboards)
      .tags([tag])
      .asDropdown(true)
      .build(),
  ],
  panels: graphs.map((graph, index) =>
    graph
      .id(index + 1)
      .gridPos({ x: (index % columns) * width, y: Math.floor(index / columns) * height, w: width, h: height })
      .build(),
  ),
});

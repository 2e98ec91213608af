import type { ResolvedApp } from "../model/app";
import type { Fleet } from "../model/fleet";
import { stackFile } from "../model/settings";
import { alertmanagerTexts } from "./alertmanager/texts";
import { alertTexts } from "./alerts/texts";
import { dashboardTexts } from "./dashboards/dashboards";
import type { Settings as Data } from "./toml-text";
import { flyTomlSettings } from "./fly-toml";
import { gatusSettings } from "./gatus";
import { flyTomlText } from "./toml-text";
import { exporterTexts } from "./watchtower/exporter";
import { scrapeTexts } from "./watchtower/scrape";
import { yamlText } from "./yaml-text";

/** What the exporters and the store are told, by path; none without a watchtower. */
export const watchtowerTexts = (fleet: Fleet): ReadonlyMap<string, string> =>
  new Map([...scrapeTexts(fleet), ...exporterTexts(fleet)]);

/** A file the stack writes: its content as data, and the words at its head. */
export interface WrittenFile {
  /** From the stack's output folder: "fly/hotdash-chatwoot.toml". */
  readonly path: string;
  readonly header: string;
  readonly settings: Data;
}

const headerFor = (sources: string): string =>
  `Written by flymon from ${sources}.\nAn edit made here is seen by refresh and undone by the next up.`;

/** The fly.toml fragment of an app. */
export const flyTomlFile = (app: ResolvedApp, stack: string): WrittenFile => ({
  path: `fly/${app.name}.toml`,
  header: headerFor(
    app.overridden.length === 0 ? app.declaredIn : `${app.declaredIn} and ${stackFile(stack)}`,
  ),
  settings: flyTomlSettings(app),
});

/** The configuration of the stack's Gatus; none where another backend watches. */
export const gatusFile = (fleet: Fleet): WrittenFile | undefined =>
  fleet.settings.uptimeBackend === "gatus"
    ? { path: "gatus/config.yaml", header: headerFor("infra/fleet"), settings: gatusSettings(fleet) }
    : undefined;

/** Every file of a stack as text, by path: the same bytes that `up` writes. */
export const writtenTexts = (fleet: Fleet): ReadonlyMap<string, string> => {
  const gatus = gatusFile(fleet);
  return new Map([
    ...fleet.apps.map((app) => {
      const { path, header, settings } = flyTomlFile(app, fleet.settings.stack);
      return [path, flyTomlText(settings, header)] as const;
    }),
    ...(gatus ? [[gatus.path, yamlText(gatus.settings, gatus.header)] as const] : []),
    ...alertTexts(fleet),
    ...alertmanagerTexts(fleet),
    ...watchtowerTexts(fleet),
    ...dashboardTexts(fleet),
  ]);
};

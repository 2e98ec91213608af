import { exporterJob } from "../../model/exporter-metrics";
import type { Fleet } from "../../model/fleet";
import { limits } from "../../model/limits";
import type { Settings } from "../../model/settings";
import type { Duration } from "../../model/units";
import { divided, milliseconds } from "../../model/units";
import type { Watchtower, WatchtowerPartName } from "../../model/watchtower";
import {
  partHost,
  partsUser,
  partUrl,
  prometheusUrl,
  watchtowerParts,
  watchtowerSecrets,
} from "../../model/watchtower";
import { prometheusDuration } from "../alerts/durations";
import type { Settings as Data } from "../toml-text";
import { yamlText } from "../yaml-text";
import { federatedNames } from "./metric-names";

const access = { username: partsUser, password_file: watchtowerSecrets.partsPassword };

/**
 * A lost scrape does not end a series at once: its latest value counts for as long as the lookback, so that a restart
 * of a part ends no alert and begins none anew.
 */
const lasting = { no_stale_markers: true } as const;

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/**
 * Fly's federation: the metrics that somebody reads of the apps that the stack watches, with the times at which Fly took
 * them.
 */
const federation = (fleet: Fleet, watchtower: Watchtower): Data[] => {
  const { protocol, host, pathname } = new URL(prometheusUrl(watchtower));
  const names = federatedNames(fleet).join("|");
  const { appsPerScrape, lookback, scrapeSize } = limits.watchtower;
  const parts = chunks(
    fleet.apps.map(({ name }) => name),
    appsPerScrape,
  );
  return parts.map((apps, index) => ({
    job_name: parts.length === 1 ? "fly" : `fly-${index + 1}`,
    scheme: protocol.replace(":", ""),
    metrics_path: `${pathname.replace(/\/$/, "")}/federate`,
    params: {
      "match[]": [`{__name__=~"${names}",app=~"${apps.join("|")}"}`],
      max_lookback: [prometheusDuration(divided(lookback, fleet.settings.timeDivisor))],
    },
    authorization: { type: "FlyV1", credentials_file: watchtowerSecrets.flyToken },
    honor_labels: true,
    honor_timestamps: true,
    max_scrape_size: scrapeSize,
    ...lasting,
    static_configs: [{ targets: [host] }],
  }));
};

const scrapeConfig = (fleet: Fleet, watchtower: Watchtower): Data => {
  const { app } = watchtower;
  const { timeDivisor } = fleet.settings;
  const address = (part: WatchtowerPartName): string =>
    `${partHost(app, part)}:${watchtowerParts[part].port}`;
  const part = (job: string, name: WatchtowerPartName): Data => ({
    job_name: job,
    basic_auth: access,
    static_configs: [{ targets: [address(name)] }],
  });
  return {
    global: { scrape_interval: prometheusDuration(divided(limits.watchtower.scrapeInterval, timeDivisor)) },
    scrape_configs: [
      ...federation(fleet, watchtower),
      { ...part(exporterJob, "exporter"), honor_labels: true, ...lasting },
      {
        job_name: "apps-json",
        metrics_path: "/probe",
        basic_auth: access,
        ...lasting,
        // Started machines only: the exporter knows them.
        http_sd_configs: [{ url: `${partUrl(app, "exporter")}/targets/json`, basic_auth: access }],
        relabel_configs: [
          { source_labels: ["__address__"], target_label: "__param_target" },
          { target_label: "__address__", replacement: address("json-exporter") },
        ],
      },
      part("vmalert", "vmalert"),
      part("alertmanager", "alertmanager"),
      part("victoria-metrics", "metrics"),
    ],
  };
};

/** What the store scrapes, by path; none without a watchtower. For VictoriaMetrics: -promscrape.config=THIS. */
export const scrapeTexts = (fleet: Fleet): ReadonlyMap<string, string> => {
  const { watchtower } = fleet.settings;
  if (watchtower === undefined) return new Map();
  return new Map([
    [
      "metrics/scrape.yaml",
      yamlText(
        scrapeConfig(fleet, watchtower),
        "Written by flymon from infra/fleet and the alert rules.\nFor VictoriaMetrics: -promscrape.config=THIS",
      ),
    ],
  ]);
};

type Divisor = Pick<Settings, "timeDivisor">;

/** Arguments of VictoriaMetrics that go with what it scrapes. */
export const storeArguments = ({ timeDivisor }: Divisor): string[] => [
  // What is scraped can be asked for at once.
  "-search.latencyOffset=0s",
  // Fly may tell the same sample twice: it is kept once.
  "-dedup.minScrapeInterval=1ms",
  // Of a selector that was asked before, new series would be found after ten seconds only.
  "-storage.cacheSizeIndexDBTagFilters=1",
  `-promscrape.httpSDCheckInterval=${prometheusDuration(divided(limits.watchtower.scrapeInterval, timeDivisor))}`,
];

/**
 * Arguments of vmalert that go with what is scraped: as of when rules are evaluated, up to when the latest value of a
 * series counts, and how often what is recorded goes to the store.
 */
export const evaluationArguments = ({ timeDivisor }: Divisor): string[] => {
  const { storeDelay, flushInterval } = limits.watchtower;
  const span = (duration: Duration, least: number): string =>
    `${Math.max(least, Math.ceil(milliseconds(duration) / timeDivisor))}ms`;
  return [
    `-rule.evalDelay=${span(storeDelay, 1)}`,
    `-datasource.queryStep=${prometheusDuration(divided(limits.watchtower.lookback, timeDivisor))}`,
    `-remoteWrite.flushInterval=${span(flushInterval, 100)}`,
  ];
};

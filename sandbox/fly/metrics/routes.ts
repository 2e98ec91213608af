import { Hono } from "hono";
import { prometheusContentType } from "../../apps/prometheus";
import type { FaultBoard } from "../../faults/fault-board";
import { caller, type Tokens } from "../api/auth";
import { metricsGone } from "../api/faults";
import { Refusal } from "../machines/refusal";
import type { Platform } from "../platform";
import type { Proxies } from "../proxy/proxies";
import { customMetrics } from "./custom-metrics";
import { instanceMetrics } from "./instance-metrics";
import { proxyMetrics } from "./proxy-metrics";
import { selector } from "./selector";
import { seriesLine, seriesOf, type Series } from "./series";

export interface MetricsParts {
  readonly platform: Pick<Platform, "estate" | "weather">;
  readonly proxies: Proxies;
  readonly tokens: Tokens;
  readonly faults: FaultBoard;
}

/**
 * Fly's managed metrics, for scraping: `/prometheus/<org>/federate?match[]=…` with a token as on Fly, and the same all
 * together at `/metrics` without. There is no query API: a store of one's own scrapes this.
 */
export const metricsRoutes = ({ platform, proxies, tokens, faults }: MetricsParts): Hono => {
  const { estate, weather } = platform;
  const everything = async (): Promise<readonly Series[]> => {
    const machines = [...estate.machines.values()].filter(({ state }) => state !== "destroyed");
    const [own, custom] = await Promise.all([instanceMetrics(machines, weather), customMetrics(machines)]);
    return [...seriesOf([...own, ...proxyMetrics(estate, proxies)]), ...custom];
  };
  const text = (series: readonly Series[]): string => series.map(seriesLine).join("");
  const type = { "Content-Type": prometheusContentType };

  const routes = new Hono();
  routes
    .get("/metrics", async (c) => c.body(text(await everything()), 200, type))
    .get("/prometheus/:org/federate", async (c) => {
      try {
        caller(tokens, c.req.header("authorization"), false);
      } catch (error) {
        if (error instanceof Refusal) return c.text(error.message, 401);
        throw error;
      }
      if (faults.read(metricsGone) !== undefined) return c.text("service unavailable", 503);
      if (c.req.param("org") !== estate.org) return c.text("organization not found", 404);
      const wanted = (c.req.queries("match[]") ?? []).map(selector);
      if (wanted.length === 0 || wanted.includes(undefined))
        return c.text("match[] needs a series selector", 400);
      const found = (await everything()).filter(({ name, labels }) =>
        wanted.some((matches) => matches?.(name, labels)),
      );
      return c.body(text(found), 200, type);
    });
  return routes;
};

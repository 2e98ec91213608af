import { Hono } from "hono";
import { prometheusContentType, prometheusText } from "../../apps/prometheus";
import { caller, type Tokens } from "../api/auth";
import type { Estate } from "../machines/estate";
import { Refusal } from "../machines/refusal";
import type { Proxies } from "../proxy/proxies";
import { customMetrics } from "./custom-metrics";
import { instanceMetrics } from "./instance-metrics";
import { proxyMetrics } from "./proxy-metrics";
import { selector } from "./selector";

/**
 * Fly's managed metrics, for scraping: `/prometheus/<org>/federate?match[]=…` with a token as on Fly, and the same all
 * together at `/metrics` without. There is no query API: a store of one's own scrapes this.
 */
export const metricsRoutes = (estate: Estate, proxies: Proxies, tokens: Tokens): Hono => {
  const everything = async (): Promise<string> => {
    const machines = [...estate.machines.values()].filter(({ state }) => state !== "destroyed");
    const metrics = [...(await instanceMetrics(machines)), ...proxyMetrics(estate, proxies)];
    const told = metrics.filter(({ samples }) => samples.length > 0);
    return `${prometheusText(told)}${(await customMetrics(machines)).map((line) => `${line}\n`).join("")}`;
  };
  const type = { "Content-Type": prometheusContentType };

  const routes = new Hono();
  routes
    .get("/metrics", async (c) => c.body(await everything(), 200, type))
    .get("/prometheus/:org/federate", async (c) => {
      try {
        caller(tokens, c.req.header("authorization"), false);
      } catch (error) {
        if (error instanceof Refusal) return c.text(error.message, 401);
        throw error;
      }
      if (c.req.param("org") !== estate.org) return c.text("organization not found", 404);
      const wanted = (c.req.queries("match[]") ?? []).map(selector);
      if (wanted.length === 0 || wanted.includes(undefined))
        return c.text("match[] needs a series selector", 400);
      const lines = (await everything()).split("\n").filter((line) => {
        if (line.startsWith("#") || line === "") return false;
        return wanted.some((matches) => matches?.(line));
      });
      return c.body(`${lines.join("\n")}\n`, 200, type);
    });
  return routes;
};

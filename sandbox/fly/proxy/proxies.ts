import { loopback, serveRaw, type BreakableServer } from "../../net/breakable-server";
import type { Platform } from "../platform";
import { appProxy } from "./app-proxy";
import { autostopLoop } from "./autostop-loop";
import { createLoads, type Loads } from "./load";
import { publicService } from "./public-service";
import { createTraffic, type Traffic } from "./traffic";

/** The public side of the apps. */
export interface Proxies {
  readonly loads: Loads;
  readonly traffic: Traffic;
  /** The public address of an app; it is opened when first asked for, and undefined for an app without public service. */
  open(app: string, port?: number): Promise<string | undefined>;
  /** Public addresses that are open, by app. */
  addresses(): Readonly<Record<string, string>>;
  /** Runs the autostop loop once at once: ids of the machines that were stopped. */
  pass(): readonly string[];
  stop(): Promise<void>;
}

export const createProxies = (platform: Platform, hold: number): Proxies => {
  const loads = createLoads();
  const traffic = createTraffic();
  const loop = autostopLoop(platform, loads);
  const servers = new Map<string, Promise<BreakableServer>>();
  const urls = new Map<string, string>();

  return {
    loads,
    traffic,
    open: async (app, port = 0) => {
      if (!platform.estate.machinesOf(app).some(({ config }) => publicService(config) !== undefined))
        return undefined;
      const server = servers.get(app) ?? serveRaw(appProxy(app, { platform, loads, traffic, hold }), port);
      servers.set(app, server);
      server.catch(() => servers.delete(app));
      const url = `http://${loopback}:${(await server).port}`;
      urls.set(app, url);
      return url;
    },
    addresses: () => Object.fromEntries(urls),
    pass: () => loop.pass(),
    stop: async () => {
      loop.stop();
      await Promise.all([...servers.values()].map(async (server) => (await server).takeDown()));
    },
  };
};

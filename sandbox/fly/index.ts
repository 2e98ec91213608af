import type { Hono } from "hono";
import { httpService } from "../faults/http-service";
import type { Service } from "../service";
import { appRoutes } from "./api/app-routes";
import { newTokens } from "./api/auth";
import { createApi } from "./api/call";
import { apiFaults } from "./api/faults";
import { machineRoutes } from "./api/machine-routes";
import { volumeRoutes } from "./api/volume-routes";
import { takes } from "./clock";
import { controlRoutes } from "./control/routes";
import { recordTimeline } from "./control/timeline";
import { metricsRoutes } from "./metrics/routes";
import { defaultFactor, type FlyOptions } from "./options";
import { startPlatform, type Platform } from "./platform";
import { createProxies, type Proxies } from "./proxy/proxies";
import { fairWeather, type Weather } from "./weather";

/** The organization of the sandbox. */
export const organization = "hotdash";

/** The least time of ours that a request is held, milliseconds: a process starts no faster because time does. */
const leastHold = 10_000;

/** What the ready line tells of Fly. */
export interface FlyAnnouncement {
  /** The Machines API without /v1: what FLY_FLAPS_BASE_URL wants. */
  readonly apiUrl: string;
  readonly org: string;
  /** May do all; good for this run only. */
  readonly token: string;
  /** May read, and scrape metrics. */
  readonly readOnlyToken: string;
  /** The base of the managed metrics, `<prometheusUrl>/federate?match[]=…`. */
  readonly prometheusUrl: string;
  /** The same metrics, all together and without a token. */
  readonly metricsUrl: string;
}

/** Fly as a service of the sandbox, with what its other parts need of it. */
export interface FlyService extends Service<FlyAnnouncement> {
  readonly platform: Platform;
  readonly proxies: Proxies;
  readonly control: Hono;
}

/** Starts Fly on loopback with an empty organization. */
export const startFly = async (
  options: FlyOptions = {},
  weather: Weather = fairWeather,
): Promise<FlyService> => {
  const { factor = defaultFactor, limits = 1, token, port = 0 } = options;
  const platform = startPlatform(organization, factor, weather);
  const { estate, lifecycle, addresses, clock } = platform;
  const proxies = createProxies(platform, options.hold ?? clock.ms(takes.hold, leastHold));
  const timeline = recordTimeline(estate);
  const stop = async (): Promise<void> => {
    timeline.stop();
    await proxies.stop();
    await platform.stop();
  };

  const tokens = newTokens(token);
  const http = httpService(apiFaults);
  const { faults } = http;
  const api = createApi({ tokens, faults, limits });
  appRoutes(api, estate, lifecycle);
  volumeRoutes(api, estate);
  machineRoutes(api, estate, lifecycle, addresses);
  api.app.route("/", metricsRoutes({ platform, proxies, tokens, faults }));

  try {
    await http.serve(api.app, port);
    const apiUrl = http.url();
    return {
      announcement: {
        apiUrl,
        org: organization,
        token: tokens.full,
        readOnlyToken: tokens.readOnly,
        prometheusUrl: `${apiUrl}/prometheus/${organization}`,
        metricsUrl: `${apiUrl}/metrics`,
      },
      faults,
      page: "/fly",
      control: controlRoutes({ platform, proxies, calls: api.calls, timeline }),
      listening: http.listening,
      platform,
      proxies,
      stop: async () => {
        await http.stop();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

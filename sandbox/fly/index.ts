import { Hono } from "hono";
import { down, hang } from "../faults/common";
import { faultBoard } from "../faults/fault-board";
import { loopback, serveHttp, type BreakableServer } from "../net/breakable-server";
import type { Service } from "../service";
import { appRoutes } from "./api/app-routes";
import { newTokens } from "./api/auth";
import { createApi, type LoggedCall } from "./api/call";
import { apiFaults } from "./api/faults";
import { machineRoutes } from "./api/machine-routes";
import { defaultFactor, type FlyOptions } from "./options";
import { fairWeather, startPlatform, type Platform, type Weather } from "./platform";

/** The organization of the sandbox. */
export const organization = "hotdash";

/** What the ready line tells of Fly. */
export interface FlyAnnouncement {
  /** The Machines API without /v1: what FLY_FLAPS_BASE_URL wants. */
  readonly apiUrl: string;
  readonly org: string;
  /** May do all; good for this run only. */
  readonly token: string;
  /** May read, and scrape metrics. */
  readonly readOnlyToken: string;
}

/** Fly as a service of the sandbox, with what its other parts need of it. */
export interface FlyService extends Service<FlyAnnouncement> {
  readonly platform: Platform;
  readonly calls: readonly LoggedCall[];
}

/** Starts Fly on loopback with an empty organization. */
export const startFly = async (
  options: FlyOptions = {},
  weather: Weather = fairWeather,
): Promise<FlyService> => {
  const { factor = defaultFactor, limits = 1, token, portBase } = options;
  const platform = startPlatform(organization, factor, weather);
  const tokens = newTokens(token);
  const late: { server?: BreakableServer } = {};
  const faults = faultBoard(apiFaults, async (name, on) => {
    if (name === down.name) await (on ? late.server?.takeDown() : late.server?.bringUp());
    if (name === hang.name && !on) late.server?.dropConnections();
  });
  const api = createApi({ tokens, faults, limits });
  appRoutes(api, platform.estate, platform.lifecycle);
  machineRoutes(api, platform.estate, platform.lifecycle, platform.addresses);

  try {
    const server = await serveHttp(api.app, portBase ?? 0);
    late.server = server;
    return {
      announcement: {
        apiUrl: `http://${loopback}:${server.port}`,
        org: organization,
        token: tokens.full,
        readOnlyToken: tokens.readOnly,
      },
      faults,
      control: new Hono(),
      listening: () => server.listening,
      platform,
      calls: api.calls,
      stop: async () => {
        await server.takeDown();
        await platform.stop();
      },
    };
  } catch (error) {
    await platform.stop();
    throw error;
  }
};

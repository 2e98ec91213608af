import type { App } from "../apps/catalogue";
import type { RunningApp } from "../apps/run-app";
import { fleetApp, type FleetFaults } from "./fleet-app";
import type { FlyService } from "./index";
import { seedApp, seededAppSchema } from "./machines/seed";
import { hotdash } from "./seed/hotdash";

/** Where Fly Postgres listens. */
const postgresPorts = { postgres: 5_432, checks: 5_500, metrics: 9_187 } as const;

/** Makes the fleet's apps with their machines as they are live, and opens their public addresses. */
export const startFleet = async (
  fly: FlyService,
  faults: FleetFaults,
  apps: readonly App[],
  portOf: (app: App) => number,
): Promise<readonly RunningApp[]> =>
  Promise.all(
    apps.map(async (app) => {
      const board = faults.boardOf(app);
      const wish = hotdash.find(({ name }) => name === app.name);
      if (wish === undefined) throw new Error(`no machines are known of ${app.name}`);
      const [machine] = await seedApp(fly.platform, seededAppSchema.parse(wish));
      const url = await fly.proxies.open(app.name, portOf(app));
      return url === undefined
        ? fleetApp(app, board, fly.platform.estate, {
            url: `tcp://${machine?.address ?? ""}:${postgresPorts.postgres}`,
            ports: postgresPorts,
          })
        : fleetApp(app, board, fly.platform.estate, { url, ports: { http: Number(new URL(url).port) } });
    }),
  );

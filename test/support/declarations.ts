import type { AppDeclaration } from "../../infra/model/app";
import type { Declared, Fleet } from "../../infra/model/fleet";
import { parseSettings, resolveFleet } from "../../infra/model/fleet";
import { fleet as hotdash } from "../../infra/fleet";
import type { SettingsInput } from "../../infra/model/settings";

/** A small sound app; each test changes what it is about. */
export const soundApp = (changes: Partial<AppDeclaration> = {}): AppDeclaration => ({
  name: "shop",
  description: "A shop",
  region: "ams",
  priority: "high",
  alertLevel: "critical",
  owner: "reliability",
  workload: "serving",
  processGroups: {
    app: {
      role: "web",
      vm: { cpuKind: "shared", cpus: 1, memory: "512mb" },
      services: [
        {
          kind: "http",
          internalPort: 8080,
          checks: [
            {
              name: "health",
              type: "http",
              path: "/health",
              interval: "15s",
              timeout: "5s",
              gracePeriod: "10s",
            },
          ],
        },
      ],
      autoscaling: { minMachinesRunning: 1, maxMachines: 2 },
      autoStop: { autoStopMachines: "off", autoStartMachines: true },
    },
  },
  uptime: [{ kind: "poll", name: "health", path: "/health" }],
  ...changes,
});

export const declared = (declaration: AppDeclaration): Declared<AppDeclaration> => ({
  declaredIn: `infra/fleet/${declaration.name}.ts`,
  declaration,
});

/** A stack of these apps with the HotDash alerting. */
export const fleetOf = (apps: readonly AppDeclaration[], settings: Partial<SettingsInput> = {}): Fleet =>
  resolveFleet(
    { apps: apps.map(declared), alerting: hotdash.alerting },
    parseSettings("test", { environment: "production", apps: apps.map(({ name }) => name), ...settings }),
  );

/** The HotDash fleet, all of it in one stack. */
export const hotdashFleet = (settings: Partial<SettingsInput> = {}): Fleet =>
  resolveFleet(
    hotdash,
    parseSettings("test", {
      environment: "production",
      apps: hotdash.apps.map(({ declaration }) => declaration.name),
      ...settings,
    }),
  );

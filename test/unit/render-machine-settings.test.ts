import { expect, test } from "vitest";
import { checkProperties } from "../../infra/provider/check";
import { machineSettings as kind } from "../../infra/provider/fly/machine-settings";
import { plainInputs } from "../../infra/provider/fly/inputs";
import { machineSettings } from "../../infra/render/machine-settings";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";

test("a declared app's settings are in Fly's words, with the checks in the order of a deploy", () => {
  const [app] = fleetOf([soundApp({ deploy: { waitTimeout: "90s" } })]).apps;
  if (app === undefined) throw new Error("an app is needed");
  expect(plainInputs(machineSettings(app))).toEqual({
    app: "shop",
    primaryRegion: "ams",
    waitTimeout: "90s",
    processGroups: {
      app: {
        checks: {},
        services: [
          {
            internal_port: 8080,
            protocol: "tcp",
            autostop: "off",
            autostart: true,
            min_machines_running: 1,
            checks: [
              {
                type: "http",
                path: "/health",
                interval: "15s",
                timeout: "5s",
                grace_period: "10s",
                headers: { "X-Monitoring": "fly-health-check" },
              },
            ],
          },
        ],
        guest: { cpu_kind: "shared", cpus: 1, memory_mb: 512 },
        count: 2,
      },
    },
  });
});

test("the provider takes the settings of the whole fleet; where no size is declared none is set", () => {
  const { apps } = hotdashFleet();
  for (const app of apps) {
    expect(checkProperties(kind.inputs, machineSettings(app), kind.type).failures).toEqual([]);
  }
  const database = apps.find(({ name }) => name === "hotdash-staging-db");
  const settings = database && machineSettings(database).processGroups["app"];
  expect(settings?.guest).toBeUndefined();
  expect(Object.keys(settings?.checks ?? {})).toEqual(["postgres", "pg", "role", "vm"]);
  expect(settings?.count).toBe(1);
});

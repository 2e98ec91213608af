import { afterAll, beforeAll } from "vitest";
import { resourceTypes } from "../../infra/model/resources";
import { startTestFly, type TestFly } from "../support/fly-sandbox";
import { resourceSuite } from "../support/resource-suite";
import { flyRows, inventoryOf } from "./tables/fly";

// Apps, volumes and machines under the real CLI, on machines that are processes.

let sandbox: TestFly;
beforeAll(async () => {
  sandbox = await startTestFly();
});
afterAll(() => sandbox.fly.stop());

resourceSuite({
  module: "fly",
  service: () => {
    const { apiUrl, token } = sandbox.fly.announcement;
    const config = { "flymon:flyApiUrl": apiUrl };
    return {
      options: { secrets: { "flymon:flyToken": token }, config },
      withoutCredentials: {
        config,
        env: { FLY_API_TOKEN: undefined, FLY_ACCESS_TOKEN: undefined },
      },
      inventory: () => inventoryOf(sandbox),
      secrets: () => Promise.resolve([token]),
    };
  },
  rows: (tag) => flyRows(sandbox, tag),
  unchanged: {
    [resourceTypes.platformApp]: { org: "the sandbox has one organization" },
  },
  elsewhere: {
    [resourceTypes.flyToml]: "is a file: see provider-resources.test.ts",
    [resourceTypes.machineSettings]: "brings machines in line that others made: see machine-settings.test.ts",
  },
});

import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { resourceTypes } from "../../infra/model/resources";
import { lineOf } from "../../infra/model/source-location";
import { repositoryRoot } from "../../toolchain/root";
import { hotdashFleet, soundApp } from "../support/declarations";
import { withStack, type InlineProgram, type Run } from "../support/engine";
import type { KitResource } from "../support/policy-kit";
import { resourcesOf, stackOf, withInputs } from "../support/policy-stack";

const policyPacks = [path.join(repositoryRoot, "policies")];

/** Registers components of these types and inputs. In `code`, `resources` may be changed before. */
const program = (resources: readonly KitResource[], code = ""): InlineProgram => ({
  program: `
    const pulumi = require("@pulumi/pulumi");
    const random = require("@pulumi/random");
    const resources = require("./resources.json");
    ${code}
    for (const { type, name, inputs } of resources) new pulumi.ComponentResource(type, name, inputs).registerOutputs();
  `,
  files: { "resources.json": JSON.stringify(resources) },
});

const preview = (subject: InlineProgram): Promise<Run> =>
  withStack(subject, (stack) => stack.preview(), { policyPacks });

const violations = ({ events }: Run) =>
  events.flatMap(({ policyEvent }) => (policyEvent ? [policyEvent] : []));

describe("a preview with the policy pack", { timeout: 120_000 }, () => {
  const sound = stackOf([soundApp()]);

  test("passes a sound stack", async () => {
    const run = await preview(program(sound));
    expect(run.output).toContain("flymon");
    expect(run.exitCode).toBe(0);
    expect(violations(run)).toEqual([]);
  });

  test("fails with every violation, of resources and of the stack, in one run", async () => {
    const broken = withInputs(
      sound.filter(({ type }) => type !== resourceTypes.healthCheck && type !== resourceTypes.uptimeMonitor),
      "autoStop",
      { autoStopMachines: "stop", autoStartMachines: false },
    );
    const run = await preview(program(broken));
    expect(run.exitCode).not.toBe(0);
    expect(
      violations(run)
        .map(({ policyName }) => policyName)
        .sort(),
    ).toEqual([
      "auto-stop-needs-auto-start",
      "critical-apps-stay-up",
      "health-check-present",
      "public-app-has-uptime-monitor",
    ]);
    for (const text of [
      "[mandatory] [severity: critical]  auto-stop-needs-auto-start  (flymon:fly:AutoStop: shop-app)",
      "infra/fleet/shop.ts  shop: processGroups.app.autoStop.autoStartMachines is false",
      'allowed: true with autoStopMachines "stop"',
      "mend:    write autoStartMachines: true",
    ]) {
      expect(run.output).toContain(text);
    }
  });

  test("fails on a value that is unknown in preview, where the SDK alone would pass", async () => {
    const unknown = `
      const { result } = new random.RandomString("later", { length: 8 });
      resources.find(({ type }) => type === "${resourceTypes.autoStop}").inputs.autoStopMachines = result;
      resources.find(({ type }) => type === "${resourceTypes.uptimeMonitor}").inputs.interval = result;
    `;
    const run = await preview(program(sound, unknown));
    expect(run.exitCode).not.toBe(0);
    const found = violations(run);
    expect(found.every(({ enforcementLevel }) => enforcementLevel === "mandatory")).toBe(true);
    expect(new Set(found.map(({ policyName }) => policyName))).toEqual(
      new Set([
        "auto-stop-needs-auto-start",
        "critical-apps-stay-up",
        "public-app-has-uptime-monitor",
        "sleeping-app-not-polled",
      ]),
    );
    expect(run.output).toContain("shop-app: autoStopMachines is not known in preview");
    expect(run.output).toContain("shop-health: interval is not known in preview");
  });

  test("names the line of the declaration, wherever the program is", async () => {
    const chatwoot = resourcesOf(hotdashFleet({ apps: ["hotdash-chatwoot"] }));
    const shrink = `
      const app = resources.find(({ type }) => type === "${resourceTypes.flyApp}").inputs;
      app.processGroups.find(({ role }) => role === "worker").vm.memory = "512mb";
    `;
    const declaration = readFileSync(path.join(repositoryRoot, "infra/fleet/chatwoot.ts"), "utf8");
    const line = lineOf(declaration, "hotdash-chatwoot", "processGroups.worker.vm.memory");
    const run = await preview(program(chatwoot, shrink));
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toContain(
      `infra/fleet/chatwoot.ts:${String(line)}  hotdash-chatwoot: processGroups.worker.vm.memory is "512mb"`,
    );
  });

  test("fails on a stack without apps", async () => {
    const run = await preview(program([]));
    expect(run.exitCode).not.toBe(0);
    expect(violations(run)).toMatchObject([{ policyName: "fleet-not-empty", enforcementLevel: "mandatory" }]);
  });
});

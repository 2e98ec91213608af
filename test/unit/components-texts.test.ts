import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AlertRouting } from "../../infra/components/alert-routing";
import { AlertRules } from "../../infra/components/alert-rules";
import { Dashboards } from "../../infra/components/dashboards";
import { FlyApp } from "../../infra/components/fly-app";
import { Uptime } from "../../infra/components/uptime";
import { Watchtower } from "../../infra/components/watchtower";
import type { Fleet } from "../../infra/model/fleet";
import type { PackedTexts } from "../../infra/model/packed-texts";
import { unpackedTexts } from "../../infra/model/packed-texts";
import { resourceTypes } from "../../infra/model/resources";
import { writtenTexts } from "../../infra/render/files";
import type { Settings as Data } from "../../infra/render/toml-text";
import { flyTomlText } from "../../infra/render/toml-text";
import { yamlText } from "../../infra/render/yaml-text";
import { hotdashFleet } from "../support/declarations";
import type { Mocks } from "../support/pulumi-mocks";
import { mockPulumi } from "../support/pulumi-mocks";

interface FileInputs {
  readonly path: string;
  readonly header: string;
  readonly settings: Data;
}
interface TextsInputs {
  readonly directory: string;
  readonly files: Readonly<Record<string, string>>;
  readonly packed?: PackedTexts;
}

let mocks: Mocks;
beforeEach(async () => {
  vi.spyOn(pulumi.log, "warn").mockResolvedValue(); // what the stack lacks is another test's
  mocks = await mockPulumi();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const inputsOf = <Inputs>(type: string): Inputs[] =>
  mocks.ofType(type).map(({ inputs }) => inputs as unknown as Inputs);
const triggersOf = (): Record<string, unknown> =>
  Object.fromEntries(
    mocks.ofType("command:local:Command").map(({ name, inputs }) => [name, inputs["triggers"]]),
  );

const makeAll = async (fleet: Fleet): Promise<void> => {
  for (const app of fleet.apps) new FlyApp(app.name, { app, settings: fleet.settings });
  const uptime = new Uptime("uptime", { fleet });
  const rules = new AlertRules("rules", { fleet });
  const routing = new AlertRouting("routing", { fleet });
  new Dashboards("dashboards", { fleet });
  const { watchtower } = fleet.settings;
  if (watchtower)
    new Watchtower("watchtower", { fleet, watchtower, uptime, rules, routing, apps: [], secrets: {} });
  await mocks.settled();
};

/** Every file that the provider would write, by path. */
const registeredTexts = (): Map<string, string> =>
  new Map([
    ...inputsOf<FileInputs>(resourceTypes.flyToml).map(
      ({ path, settings, header }) => [path, flyTomlText(settings, header)] as const,
    ),
    ...inputsOf<FileInputs>(resourceTypes.gatusConfig).map(
      ({ path, settings, header }) => [path, yamlText(settings, header)] as const,
    ),
    ...inputsOf<TextsInputs>(resourceTypes.texts).flatMap(({ directory, files, packed }) =>
      Object.entries({ ...files, ...(packed && unpackedTexts(packed)) }).map(
        ([file, text]) => [`${directory}/${file}`, text] as const,
      ),
    ),
  ]);

describe("what up writes", () => {
  test.each([
    ["without a watchtower", undefined],
    ["with one", { app: "tower", region: "ams" }],
  ])("are the files that render writes, to the byte, %s", async (_, watchtower) => {
    const fleet = hotdashFleet({ watchtower });
    await makeAll(fleet);
    const expected = new Map(
      [...writtenTexts(fleet)].map(([path, text]) => [`generated/test/${path}`, text]),
    );
    expect(registeredTexts()).toEqual(expected);
  });

  test("is a fragment an app, the watch from outside, rules with their proofs, routes and dashboards", () => {
    const groups = new Map<string, number>();
    for (const path of writtenTexts(hotdashFleet()).keys()) {
      const folder = path.slice(0, path.lastIndexOf("/"));
      groups.set(folder, (groups.get(folder) ?? 0) + 1);
    }
    expect([...groups.keys()].sort()).toEqual([
      "alertmanager",
      "alerts/rules",
      "alerts/tests",
      "dashboards",
      "fly",
      "gatus",
    ]);
    expect(groups.get("fly")).toBe(6);
    expect(groups.get("dashboards")).toBe(7);
  });

  test("names the exclusions that have ended, and what is to be done", async () => {
    const fleet = hotdashFleet();
    const excluded = (alert: string, until: string) => ({
      app: "hotdash-chatwoot",
      alert,
      reason: "known",
      until,
    });
    const exclusions = [excluded("FlyCpuHigh", "2026-01-31"), excluded("FlyMemoryHigh", "2099-01-31")];
    new AlertRouting("routing", { fleet: { ...fleet, alerting: { ...fleet.alerting, exclusions } } });
    await mocks.settled();
    expect(vi.mocked(pulumi.log.warn).mock.calls.map(([words]) => words)).toEqual([
      "The exclusion of FlyCpuHigh of hotdash-chatwoot has ended on 2026-01-31: remove it from infra/fleet/alerting.ts.",
    ]);
  });

  test("shows the lines of rules and routes in a diff, and of proofs and dashboards that they changed", async () => {
    await makeAll(hotdashFleet());
    const folders = (paths: readonly string[]): string[] =>
      [...new Set(paths.map((file) => file.slice(0, file.lastIndexOf("/"))))].sort();
    const inputs = inputsOf<TextsInputs>(resourceTypes.texts);
    expect(folders(inputs.flatMap(({ files }) => Object.keys(files)))).toEqual([
      "alertmanager",
      "alerts/rules",
    ]);
    expect(folders(inputs.flatMap(({ packed }) => Object.keys(packed?.sha256 ?? {})))).toEqual([
      "alerts/tests",
      "dashboards",
    ]);
  });
});

describe("the engines' own verdict", () => {
  test("is asked for after the files are written, again only when one of them changes", async () => {
    await makeAll(hotdashFleet());
    const commands = mocks.ofType("command:local:Command");
    expect(Object.fromEntries(commands.map(({ name, inputs }) => [name, inputs["create"]]))).toEqual({
      "rules-accepted": "node ops/bin/flymon.cjs check --in 'generated/test' --only alerts",
      "routing-accepted": "node ops/bin/flymon.cjs check --in 'generated/test' --only alertmanager",
    });
    const first = triggersOf();

    mocks = await mockPulumi();
    await makeAll(hotdashFleet());
    expect(triggersOf()).toEqual(first);

    mocks = await mockPulumi();
    await makeAll(hotdashFleet({ timeDivisor: 30 }));
    expect(triggersOf()["rules-accepted"]).not.toEqual(first["rules-accepted"]);

    mocks = await mockPulumi();
    await makeAll(hotdashFleet({ given: ["heartbeatUrl"] }));
    expect(triggersOf()["rules-accepted"]).toEqual(first["rules-accepted"]);
    expect(triggersOf()["routing-accepted"]).not.toEqual(first["routing-accepted"]);
  });

  test("is about the folder of the stack, however it is called", async () => {
    await makeAll(hotdashFleet({ outputDirectory: "it's here" }));
    expect(mocks.ofType("command:local:Command")[0]?.inputs["create"]).toContain(
      String.raw`--in 'it'\''s here/test' --only`,
    );
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { alertTexts } from "../../infra/render/alerts/texts";
import { dashboardTexts } from "../../infra/render/dashboards/dashboards";
import { play, type Tool } from "../../ops/prove/vmalert-tool";
import type { World } from "../../ops/prove/worlds";
import { mutantWorlds, proofWorlds } from "../../ops/prove/worlds";
import { repositoryRoot } from "../../toolchain/root";
import { ensureToolchain } from "../../toolchain/setup";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";

let folder = "";
let engines: { readonly "vmalert-tool": string; readonly vmalert: string };
let tool: Tool;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "flymon-alerts-"));
  ({ engines } = await ensureToolchain({ only: ["vmalert", "vmalert-tool"] }));
  tool = { file: engines["vmalert-tool"], folder, signal: new AbortController().signal };
}, 300_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const flymon = async (...args: string[]) =>
  execa(process.execPath, [path.join(repositoryRoot, "ops/bin/flymon.cjs"), ...args], { reject: false });

const worldOf = (fleet: ReturnType<typeof fleetOf>, severity: string): World => {
  const world = proofWorlds(fleet).find(({ name }) => name === `shop/${severity}`);
  if (!world) throw new Error(`no world for ${severity}`);
  return world;
};

/** The world with other series and other expectations. */
const changed = (
  world: World,
  series: readonly { series: string; values: string }[],
  expectations: World["proof"]["tests"][number]["alert_rule_test"],
): World => ({
  ...world,
  proof: {
    ...world.proof,
    tests: world.proof.tests.map((one) => ({ ...one, input_series: series, alert_rule_test: expectations })),
  },
});

const dashboard = z.object({
  panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })) })),
});

let played = 0;
const failuresOf = async (world: World) => [...(await play(world, (played += 1), tool)).keys()];

describe("flymon prove", () => {
  test("proves every rule of a stack, and says how many in its last line", async () => {
    const { exitCode, stdout } = await flymon("prove", "--stack", "staging");
    expect(exitCode).toBe(0);
    const rules = proofWorlds(hotdashFleet({ apps: ["hotdash-staging", "hotdash-staging-db"] }))
      .flatMap(({ groups }) => groups)
      .flatMap((group) => group.rules).length;
    expect(stdout.split("\n").at(-1)).toBe(`${rules} rules, ${rules} proven, 0 not proven`);
    expect(stdout).toMatch(/^hotdash-staging-db +\d+ +\d+$/m);
  });

  test("kills every mutant of a stack's rules", async () => {
    const { exitCode, stdout } = await flymon("prove", "--stack", "staging", "--mutate", "--json");
    const { mutation } = z
      .object({
        mutation: z.object({ mutants: z.number(), killed: z.number(), survivors: z.array(z.unknown()) }),
      })
      .parse(JSON.parse(stdout));
    expect(mutation.survivors).toEqual([]);
    expect(mutation.killed).toBe(mutation.mutants);
    expect(mutation.mutants).toBeGreaterThan(500);
    expect(exitCode).toBe(0);
  });

  test("ends with the code of a refused stack where there is none", async () => {
    expect((await flymon("prove", "--stack", "nowhere")).exitCode).toBe(3);
  });
});

describe("the engine", () => {
  const fleet = fleetOf([soundApp()]);

  test("takes the written files as they are: rules and proofs", async () => {
    for (const [name, text] of alertTexts(hotdashFleet())) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    await execa(engines.vmalert, ["-dryRun", `-rule=${folder}/alerts/rules/*.yaml`]);
    const proofs = path.join(folder, "alerts/tests/hotdash-chatwoot.critical.yaml");
    await execa(engines["vmalert-tool"], ["unittest", `--files=${proofs}`], { env: { TMPDIR: folder } });
  });

  test("takes every query of the dashboards", async () => {
    const queries = [...dashboardTexts(hotdashFleet()).values()].flatMap((text) =>
      dashboard.parse(JSON.parse(text)).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    );
    expect(queries.length).toBeGreaterThan(50);
    const rules = queries.map((expr, index) => ({
      record: `query:${index}`,
      expr: expr.replaceAll("$__rate_interval", "1m"),
    }));
    const file = path.join(folder, "queries.yaml");
    writeFileSync(file, JSON.stringify({ groups: [{ name: "queries", rules }] }));
    await execa(engines.vmalert, ["-dryRun", `-rule=${file}`]);
  });

  test("turns the proof of a wrong rule red, and of that one only", async () => {
    const sound = worldOf(fleet, "critical");
    expect(await failuresOf(sound)).toEqual([]);
    const wrong = JSON.parse(
      JSON.stringify(sound).replace('percent{app=\\"shop\\"} > 85', 'percent{app=\\"shop\\"} > 95'),
    ) as World;
    expect(await failuresOf(wrong)).toEqual(["shop/critical FlyMemoryHigh"]);
  });

  test("plays mutants beside sound rules, which stay green", async () => {
    const world = mutantWorlds(fleet).find(({ name }) => name === "shop/info");
    if (!world) throw new Error("no world");
    const failures = await failuresOf(world);
    expect(failures.toSorted()).toEqual(
      world.mutants.map(({ mutant }) => `shop/info ${mutant.name}`).toSorted(),
    );
  });

  test("fires for a machine that the exporter does not know, as of an unknown process group", async () => {
    const { groups, ...world } = worldOf(fleet, "critical");
    const memory = groups[0]?.rules.find(({ kind }) => kind.name === "FlyMemoryHigh");
    const instance = "new";
    const machine = `{app="shop",instance="${instance}"}`;
    const labels = { app: "shop", instance, process_group: "unknown", ...memory?.labels };
    expect(
      await failuresOf(
        changed(
          { groups, ...world },
          [
            { series: `fly_instance_memory_mem_available${machine}`, values: "100x20" },
            { series: `fly_instance_memory_mem_total${machine}`, values: "1000x20" },
          ],
          [
            {
              eval_time: "6m",
              groupname: "shop/critical",
              alertname: "FlyMemoryHigh",
              exp_alerts: [
                {
                  exp_labels: labels,
                  exp_annotations: {
                    ...memory?.annotations,
                    summary: "Memory of shop (unknown) is high",
                    description: "Memory of machine new is at 90.0 %, over the limit of 85 % for 5 minutes.",
                  },
                },
              ],
            },
          ],
        ),
      ),
    ).toEqual([]);
  });

  test("keeps the process group while the exporter misses a scrape, so that no duration begins anew", async () => {
    const world = worldOf(fleet, "critical");
    const machine = `{app="shop",instance="a"}`;
    const at = (eval_time: string, fires: boolean) => ({
      eval_time,
      groupname: "shop/critical",
      alertname: "FlyMemoryHigh",
      exp_alerts: fires
        ? [
            {
              exp_labels: {
                app: "shop",
                instance: "a",
                process_group: "app",
                severity: "critical",
                signal: "memory",
                team: "reliability",
              },
              exp_annotations: {
                ...world.groups[0]?.rules.find(({ kind }) => kind.name === "FlyMemoryHigh")?.annotations,
                summary: "Memory of shop (app) is high",
                description: "Memory of machine a is at 90.0 %, over the limit of 85 % for 5 minutes.",
              },
            },
          ]
        : [],
    });
    expect(
      await failuresOf(
        changed(
          world,
          [
            { series: `fly_instance_memory_mem_available${machine}`, values: "100x60" },
            { series: `fly_instance_memory_mem_total${machine}`, values: "1000x60" },
            // Half an hour without the exporter.
            {
              series: 'flymon_machine_info{app="shop",instance="a",process_group="app",region="ams"}',
              values: "1 stale",
            },
          ],
          [at("270s", false), at("300s", true), at("1500s", true)],
        ),
      ),
    ).toEqual([]);
  });

  test.each([7, 60])("proves rules whose time runs %i times faster, as in a sandbox", async (timeDivisor) => {
    for (const world of proofWorlds(fleetOf([soundApp()], { timeDivisor }))) {
      expect(await failuresOf(world)).toEqual([]);
    }
  });

  test("says nothing of an app without any series: what has scaled to zero is not missed", async () => {
    const apps = hotdashFleet({ apps: ["hotdash-agent-service", "hotdash-llamaindex-mcp"] });
    for (const world of proofWorlds(apps).filter(({ groups }) => groups[0]?.app !== "watchtower")) {
      const silent = world.groups.flatMap(({ name, rules }) =>
        rules.map(({ kind }) => ({
          eval_time: "30m",
          groupname: name,
          alertname: kind.name,
          exp_alerts: [],
        })),
      );
      expect(await failuresOf(changed(world, [{ series: "up", values: "1x60" }], silent))).toEqual([]);
    }
  });
});

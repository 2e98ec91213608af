import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import type { Fleet } from "../infra/model/fleet";
import { alertGroupsOf, alertTexts } from "../infra/render/alerts/texts";
import { inParallel } from "../ops/prove/in-parallel";
import { play } from "../ops/prove/vmalert-tool";
import { proofWorlds } from "../ops/prove/worlds";
import { ensureToolchain } from "../toolchain/setup";
import { generatedFleet } from "./generated-fleet";
import { median } from "./measure";
import { evaluateRules } from "./rule-evaluation";

const few = 100;
const many = 1_000;
/** So many apps' proofs are played through in the engine; all of them would take a quarter of an hour. */
const proven = 50;

const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** Milliseconds of a run, the first of which does not count. */
const timed = (rounds: number, run: () => unknown): number =>
  median(
    Array.from({ length: rounds + 1 }, () => {
      const started = performance.now();
      run();
      return performance.now() - started;
    }).slice(1),
  );

const rulesIn = (fleet: Fleet): number =>
  alertGroupsOf(fleet).reduce((all, { rules }) => all + rules.length, 0);

/** Rules and proofs as text, against writing the same bytes as JSON, and against the same work for a tenth of the apps. */
const benchRender = (rounds: number, small: Fleet, large: Fleet): object => {
  const texts = alertTexts(large);
  const bytes = [...texts.values()].reduce((all, text) => all + text.length, 0);
  const entries = [...texts];
  const render = timed(rounds, () => alertTexts(large));
  const tenth = timed(rounds, () => alertTexts(small));
  const json = timed(rounds, () => JSON.stringify(entries));
  return {
    apps: large.apps.length,
    rules: rulesIn(large),
    files: texts.size,
    mebibytes: rounded(bytes / 1_048_576, 0),
    seconds: rounded(render / 1_000),
    ratioToJsonOfTheSameBytes: rounded(render / json, 1),
    ratioToATenthOfTheApps: rounded(render / tenth, 1),
  };
};

/** The proofs, made and played through in the engine. */
const benchProofs = async (
  rounds: number,
  large: Fleet,
  tool: string,
  folder: string,
  tell: (text: string) => void,
): Promise<object> => {
  const making = timed(rounds, () => proofWorlds(large));
  const sample = { ...large, apps: large.apps.slice(0, proven) };
  const worlds = proofWorlds(sample);
  const started = performance.now();
  const failures = await inParallel(worlds, availableParallelism(), (world, index) =>
    play(world, index, { file: tool, folder, signal: new AbortController().signal }),
  );
  const seconds = (performance.now() - started) / 1_000;
  const red = failures.reduce((all, found) => all + found.size, 0);
  if (red > 0) throw new Error(`${red} rules of the generated fleet are not proven`);
  const rules = rulesIn(sample);
  tell(`proved ${rules} rules of ${proven} apps`);
  return {
    secondsToMakeAll: rounded(making / 1_000),
    sample: { apps: proven, rules, worlds: worlds.length, seconds: rounded(seconds, 1) },
    rulesProvenPerSecond: rounded(rules / seconds, 0),
    minutesForAll: rounded(((rulesIn(large) / rules) * seconds) / 60, 1),
  };
};

/**
 * The alert rules of 1,000 generated apps: how long they take to write and to prove, and what the real engines need to
 * evaluate them over real intervals, beside those of a tenth of the apps.
 */
export const benchAlerts = async (rounds: number, tell: (text: string) => void): Promise<object> => {
  const { engines } = await ensureToolchain({ only: ["vmalert", "vmalert-tool", "victoria-metrics"] });
  const folder = mkdtempSync(path.join(tmpdir(), "flymon-bench-"));
  try {
    const [small, large] = [generatedFleet(few), generatedFleet(many)];
    const render = benchRender(rounds, small, large);
    tell("rendered");
    const prove = await benchProofs(rounds, large, engines["vmalert-tool"], folder, tell);
    tell("evaluating for some minutes");
    const programs = { vmalert: engines.vmalert, store: engines["victoria-metrics"] };
    const [tenth, whole] = await Promise.all(
      [small, large].map((fleet) =>
        evaluateRules(fleet, alertTexts(fleet), programs, path.join(folder, `apps-${fleet.apps.length}`)),
      ),
    );
    if (tenth === undefined || whole === undefined) throw new Error("nothing was evaluated");
    const { cpus, slowestGroup, medianGroupMilliseconds, peakMemoryMiB, ...counts } = whole;
    return {
      render,
      prove,
      evaluate: {
        ...counts,
        cpusUsed: rounded(cpus),
        ratioOfCpusToATenthOfTheApps: rounded(cpus / tenth.cpus, 1),
        slowestGroup: {
          name: slowestGroup.name,
          milliseconds: rounded(slowestGroup.milliseconds, 0),
          ofItsInterval: rounded(slowestGroup.ofInterval, 4),
        },
        medianGroupMilliseconds: rounded(medianGroupMilliseconds, 1),
        peakMemoryMiB: {
          vmalert: rounded(peakMemoryMiB.vmalert, 0),
          store: rounded(peakMemoryMiB.store, 0),
        },
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

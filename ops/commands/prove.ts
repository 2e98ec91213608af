import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import type { Fleet } from "../../infra/model/fleet";
import { step, type Note } from "../../toolchain/progress";
import { ensureToolchain } from "../../toolchain/setup";
import { declaredFleet } from "../declared-fleet";
import type { ExitCode } from "../exit-codes";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { killAll } from "../processes";
import { equivalentMutants } from "../prove/equivalent-mutants";
import { inParallel } from "../prove/in-parallel";
import type { MutationRow, ProofRow } from "../prove/tables";
import { mutationTable, proofTable } from "../prove/tables";
import type { Tool } from "../prove/vmalert-tool";
import { failureKey, play } from "../prove/vmalert-tool";
import type { World } from "../prove/worlds";
import { mutantWorlds, proofWorlds } from "../prove/worlds";
import { listenForInterruption } from "../start/interruption";
import { print, printJson, say } from "../talk";

export interface ProveOptions {
  readonly stack: string;
  readonly mutate?: boolean;
  readonly json?: boolean;
}

interface Unproven {
  readonly app: string;
  readonly severity: string;
  readonly alert: string;
  /** What was expected and what was seen, in the engine's words. */
  readonly seen: readonly string[];
}

interface Survivor {
  readonly app: string;
  readonly severity: string;
  readonly alert: string;
  readonly change: string;
  /** Why no proof can tell it from the sound rule; absent where one should. */
  readonly equivalent?: string;
}

/** Plays worlds, as many at a time as there are CPUs. */
const playAll = async <W extends World>(worlds: readonly W[], tool: Tool, note: Note) => {
  let done = 0;
  return inParallel(worlds, availableParallelism(), async (world, index) => {
    const failures = await play(world, index, tool);
    done += 1;
    note(`${done} of ${worlds.length} worlds`);
    return { world, failures };
  });
};

const proveAll = async (
  fleet: Fleet,
  tool: Tool,
  note: Note,
): Promise<{ rows: ProofRow[]; unproven: Unproven[] }> => {
  const unproven: Unproven[] = [];
  const byApp = new Map<string, { rules: number; proven: number }>();
  for (const { world, failures } of await playAll(proofWorlds(fleet), tool, note)) {
    for (const { app, severity, name, rules } of world.groups) {
      for (const { kind } of rules) {
        const seen = failures.get(failureKey(name, kind.name));
        const row = byApp.get(app) ?? { rules: 0, proven: 0 };
        byApp.set(app, { rules: row.rules + 1, proven: row.proven + (seen ? 0 : 1) });
        if (seen) unproven.push({ app, severity, alert: kind.name, seen });
      }
    }
  }
  return {
    rows: [...byApp]
      .map(([app, counts]) => ({ app, ...counts }))
      .toSorted((a, b) => (a.app < b.app ? -1 : 1)),
    unproven,
  };
};

const mutateAll = async (
  fleet: Fleet,
  tool: Tool,
  note: Note,
): Promise<{ rows: MutationRow[]; survivors: Survivor[] }> => {
  const survivors: Survivor[] = [];
  const byApp = new Map<string, { mutants: number; killed: number }>();
  for (const { world, failures } of await playAll(mutantWorlds(fleet), tool, note)) {
    const control = world.groups.flatMap(({ name, rules }) =>
      rules.filter(({ kind }) => failures.has(failureKey(name, kind.name))),
    );
    if (control.length > 0) {
      throw new Failure(
        exitCodes.unexpected,
        `${world.name}: ${control.map(({ kind }) => kind.name).join(", ")} fails beside its mutants although it is proven alone.`,
      );
    }
    for (const { group, mutant } of world.mutants) {
      const killed = failures.has(failureKey(group.name, mutant.name));
      const row = byApp.get(group.app) ?? { mutants: 0, killed: 0 };
      byApp.set(group.app, { mutants: row.mutants + 1, killed: row.killed + (killed ? 1 : 0) });
      if (killed) continue;
      const alert = mutant.rule.kind.name;
      const equivalent = equivalentMutants.get(`${alert}: ${mutant.what}`);
      survivors.push({
        app: group.app,
        severity: group.severity,
        alert,
        change: mutant.what,
        ...(equivalent !== undefined && { equivalent }),
      });
    }
  }
  return {
    rows: [...byApp]
      .map(([app, counts]) => ({ app, ...counts }))
      .toSorted((a, b) => (a.app < b.app ? -1 : 1)),
    survivors,
  };
};

const total = <K extends string>(rows: readonly Readonly<Record<K, number>>[], key: K): number =>
  rows.reduce((sum, row) => sum + row[key], 0);

/**
 * `flymon prove`: proves every alert rule of a stack in the engine that will evaluate it; with `--mutate` also that
 * each proof would notice a wrong rule.
 */
export const prove = async ({ stack, mutate = false, json = false }: ProveOptions): Promise<ExitCode> => {
  const fleet = declaredFleet(stack);
  const { engines } = await ensureToolchain({ only: ["vmalert-tool"] });
  const folder = mkdtempSync(path.join(tmpdir(), "flymon-prove-"));
  const interruption = listenForInterruption(killAll);
  const tool: Tool = { file: engines["vmalert-tool"], folder, signal: interruption.signal };
  try {
    const proofs = await step(`Prove the alert rules of ${stack}`, (note) => proveAll(fleet, tool, note));
    const rules = total(proofs.rows, "rules");
    const proven = total(proofs.rows, "proven");
    // A mutant says something about a proof only where the sound rule passes it.
    const mutation =
      mutate && proofs.unproven.length === 0
        ? await step(`Mutate the alert rules of ${stack}`, (note) => mutateAll(fleet, tool, note))
        : undefined;
    const alive = mutation?.survivors.filter(({ equivalent }) => equivalent === undefined) ?? [];
    const mutants = total(mutation?.rows ?? [], "mutants");
    const killed = total(mutation?.rows ?? [], "killed");

    if (json) {
      printJson({
        stack,
        rules,
        proven,
        apps: proofs.rows,
        unproven: proofs.unproven,
        ...(mutation && {
          mutation: { mutants, killed, apps: mutation.rows, survivors: mutation.survivors },
        }),
      });
    } else {
      print(proofTable(proofs.rows));
      for (const { app, severity, alert, seen } of proofs.unproven) {
        say(`\n${app} ${alert} (${severity}) is not proven:\n${seen.map((text) => `  ${text}`).join("\n")}`);
      }
      if (mutation) {
        print(`\n${mutationTable(mutation.rows)}`);
        for (const { app, severity, alert, change, equivalent } of mutation.survivors) {
          print(`${app} ${alert} (${severity}): ${change}: ${equivalent ?? "survived"}`);
        }
        const equal = mutation.survivors.length - alive.length;
        const score = mutants === equal ? 100 : (100 * killed) / (mutants - equal);
        print(`${mutants} mutants, ${killed} killed, ${equal} equivalent, score ${score.toFixed(1)} %`);
      }
      print(`${rules} rules, ${proven} proven, ${rules - proven} not proven`);
    }
    return proofs.unproven.length > 0 || alive.length > 0 ? exitCodes.unproven : exitCodes.done;
  } finally {
    interruption.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

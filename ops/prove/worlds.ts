import type { Fleet } from "../../infra/model/fleet";
import type { Severity } from "../../infra/model/severity";
import { severities } from "../../infra/model/severity";
import type { Mutant } from "../../infra/render/alerts/mutants";
import { mutantGroup, mutantRecordings, mutantsOf } from "../../infra/render/alerts/mutants";
import type { ProofFile } from "../../infra/render/alerts/proof-file";
import { proofFile, proofsOf } from "../../infra/render/alerts/proof-file";
import { watchtower } from "../../infra/render/alerts/families/watchtower";
import type { AlertGroup, WrittenGroup } from "../../infra/render/alerts/rule-groups";
import { evaluationInterval, writtenGroup, writtenRecordings } from "../../infra/render/alerts/rule-groups";
import { alertGroupsOf } from "../../infra/render/alerts/texts";

/** One run of the engine: the rules, and what must be seen of them. */
export interface World {
  readonly name: string;
  readonly rules: { readonly groups: readonly WrittenGroup[] };
  readonly proof: ProofFile;
  /** Which app each group is of. */
  readonly groups: readonly AlertGroup[];
}

/** The file of the rules, beside that of the proof. */
export const rulesName = "rules.yaml";

/** So many rules in a world are evaluated in a second or two; fewer worlds would leave a CPU idle at the end. */
const rulesPerWorld = 40;

/** Groups of one severity packed into worlds. What watches the monitoring itself has a world of its own: it fires on absence. */
const packed = (groups: readonly AlertGroup[], weight: (group: AlertGroup) => number): AlertGroup[][] => {
  const worlds: AlertGroup[][] = [];
  for (const severity of severities) {
    let room = 0;
    for (const group of groups.filter((one) => one.severity === severity && one.app !== watchtower)) {
      const current = worlds.at(-1);
      if (room >= weight(group) && current !== undefined) current.push(group);
      else {
        worlds.push([group]);
        room = rulesPerWorld;
      }
      room -= weight(group);
    }
  }
  return [...worlds, ...groups.filter(({ app }) => app === watchtower).map((group) => [group])];
};

const nameOf = (groups: readonly AlertGroup[]): string => groups.map(({ name }) => name).join(", ");

const intervalOf = (severity: Severity | undefined, fleet: Fleet) =>
  evaluationInterval(severity ?? "critical", fleet.settings);

/** The worlds in which all rules of a stack are proven. */
export const proofWorlds = (fleet: Fleet): World[] => {
  const recordings = writtenRecordings(fleet.settings);
  return packed(alertGroupsOf(fleet), ({ rules }) => rules.length).map((groups) => {
    const written = [...recordings, ...groups.map(writtenGroup)];
    return {
      name: nameOf(groups),
      groups,
      rules: { groups: written },
      proof: proofFile({
        name: nameOf(groups),
        ruleFiles: [rulesName],
        groups: written.map(({ name }) => name),
        interval: intervalOf(groups[0]?.severity, fleet),
        proofs: groups.flatMap(proofsOf),
      }),
    };
  });
};

export interface MutantWorld extends World {
  readonly mutants: readonly { readonly group: AlertGroup; readonly mutant: Mutant }[];
}

/** Every group with its mutants beside the sound rules, which show that the world itself is sound. */
export const mutantWorlds = (fleet: Fleet): MutantWorld[] => {
  const recordings = writtenRecordings(fleet.settings);
  return alertGroupsOf(fleet).map((group) => {
    const mutants = group.rules.flatMap((rule) => mutantsOf(rule, group, fleet.settings.timeDivisor));
    const changed = mutantRecordings(mutants);
    const written: WrittenGroup[] = [
      ...recordings,
      ...(changed.length > 0
        ? [
            {
              name: "recordings/mutants",
              interval: intervalOf(group.severity, fleet),
              eval_alignment: false as const,
              rules: changed,
            },
          ]
        : []),
      mutantGroup(group, mutants),
    ];
    return {
      name: group.name,
      groups: [group],
      mutants: mutants.map((mutant) => ({ group, mutant })),
      rules: { groups: written },
      proof: proofFile({
        name: group.name,
        ruleFiles: [rulesName],
        groups: written.map(({ name }) => name),
        interval: group.interval,
        proofs: [...proofsOf(group), ...mutants.map(({ expectations }) => ({ series: [], expectations }))],
      }),
    };
  });
};

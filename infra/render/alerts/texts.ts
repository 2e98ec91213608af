import type { Fleet } from "../../model/fleet";
import type { Setting } from "../toml-text";
import { commentBlock } from "../generated-marker";
import { yamlText } from "../yaml-text";
import type { ProofFile } from "./proof-file";
import { proofFile, proofsOf } from "./proof-file";
import { rulesByApp } from "./registry";
import type { AlertGroup } from "./rule-groups";
import { alertGroups, writtenGroup, writtenRecordings } from "./rule-groups";

/** Where the rules lie below a stack's output folder; vmalert reads them as alerts/rules/*.yaml. */
export const ruleFile = ({ app, severity }: Pick<AlertGroup, "app" | "severity">): string =>
  `alerts/rules/${app}.${severity}.yaml`;
export const recordingsFile = "alerts/rules/recordings.yaml";
export const testFile = ({ app, severity }: Pick<AlertGroup, "app" | "severity">): string =>
  `alerts/tests/${app}.${severity}.yaml`;

/** All groups of alerts of a stack, an app after the other. */
export const alertGroupsOf = (fleet: Fleet): AlertGroup[] =>
  [...rulesByApp(fleet)].flatMap(([app, rules]) => alertGroups(app, rules, fleet.settings));

const header = (words: string): string =>
  `Written by flymon from infra/fleet, infra/model and infra/render/alerts.\n${words}`;

const asSetting = (value: object): Record<string, Setting> =>
  // Plain data all through; interfaces have no index signature.
  value as Record<string, Setting>;

/** The text of a file with groups of rules. */
export const groupsText = (groups: readonly object[], words: string): string =>
  yamlText({ groups: groups.map(asSetting) }, header(words));

/** JSON is YAML, and is written in a tenth of the time: proofs are long, and read by people only when they fail. */
const proofText = (proof: ProofFile): string =>
  `${commentBlock(header("Run with: vmalert-tool unittest --files=THIS"))}\n\n${JSON.stringify(proof, null, 2)}\n`;

/** The alert rules of a stack and their proofs, by path: `vmalert -rule`, `vmalert-tool unittest --files`. */
export const alertTexts = (fleet: Fleet): ReadonlyMap<string, string> => {
  const recordings = writtenRecordings(fleet.settings);
  const names = recordings.map(({ name }) => name);
  return new Map([
    [recordingsFile, groupsText(recordings, "Series that several alerts and dashboards read.")] as const,
    ...alertGroupsOf(fleet).flatMap((group) => [
      [
        ruleFile(group),
        groupsText([writtenGroup(group)], `Alerts of ${group.app}, ${group.severity}.`),
      ] as const,
      [
        testFile(group),
        proofText(
          proofFile({
            name: group.name,
            ruleFiles: ["../rules/recordings.yaml", `../rules/${group.app}.${group.severity}.yaml`],
            groups: [...names, group.name],
            interval: group.interval,
            proofs: proofsOf(group),
          }),
        ),
      ] as const,
    ]),
  ]);
};

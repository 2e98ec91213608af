import type { Fleet } from "../../model/fleet";
import { commentBlock } from "../generated-marker";
import { groupsText } from "./groups-text";
import type { ProofFile } from "./proof-file";
import { proofFile, proofsOf } from "./proof-file";
import { rulesByApp, rulesInTurn } from "./registry";
import type { AlertGroup, WrittenGroup } from "./rule-groups";
import { alertGroups, writtenGroup, writtenRecordings } from "./rule-groups";

/** Where the rules lie below a stack's output folder; vmalert reads them as alerts/rules/*.yaml. */
export const ruleFile = ({ app, severity }: Pick<AlertGroup, "app" | "severity">): string =>
  `alerts/rules/${app}.${severity}.yaml`;
export const recordingsFile = "alerts/rules/recordings.yaml";
export const testFile = ({ app, severity }: Pick<AlertGroup, "app" | "severity">): string =>
  `alerts/tests/${app}.${severity}.yaml`;

/** Whether the file at this path is a proof: it follows from the rules. */
export const isProof = (path: string): boolean => path.startsWith("alerts/tests/");

/** All groups of alerts of a stack, an app after the other. */
export const alertGroupsOf = (fleet: Fleet): AlertGroup[] =>
  [...rulesByApp(fleet)].flatMap(([app, rules]) => alertGroups(app, rules, fleet.settings));

const header = (words: string): string =>
  `Written by flymon from infra/fleet, infra/model and infra/render/alerts.\n${words}`;

/** The text of a file with groups of rules. */
const rulesText = (groups: readonly WrittenGroup[], words: string): string =>
  `${commentBlock(header(words))}\n\n${groupsText(groups)}`;

/** JSON is YAML, and quick to write; a series or an expectation a line, for proofs are read only when they fail. */
const proofText = ({ tests, ...rest }: ProofFile): string => {
  const list = (items: readonly object[]): string =>
    `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]`;
  const worlds = tests.map(
    ({ input_series, alert_rule_test, ...world }) =>
      `${JSON.stringify(world).slice(0, -1)},\n"input_series": ${list(input_series)},\n"alert_rule_test": ${list(alert_rule_test)}}`,
  );
  return (
    `${commentBlock(header("Run with: vmalert-tool unittest --files=THIS"))}\n\n` +
    `${JSON.stringify(rest).slice(0, -1)},\n"tests": [\n${worlds.join(",\n")}\n]}\n`
  );
};

/** The alert rules of a stack and their proofs, by path: `vmalert -rule`, `vmalert-tool unittest --files`. */
export const alertTexts = (fleet: Fleet): ReadonlyMap<string, string> => {
  const recordings = writtenRecordings(fleet.settings);
  const names = recordings.map(({ name }) => name);
  const texts = new Map([
    [recordingsFile, rulesText(recordings, "Series that several alerts and dashboards read.")],
  ]);
  for (const [app, rules] of rulesInTurn(fleet)) {
    for (const group of alertGroups(app, rules, fleet.settings)) {
      texts.set(
        ruleFile(group),
        rulesText([writtenGroup(group)], `Alerts of ${group.app}, ${group.severity}.`),
      );
      const proof = proofFile({
        name: group.name,
        ruleFiles: ["../rules/recordings.yaml", `../rules/${group.app}.${group.severity}.yaml`],
        groups: [...names, group.name],
        interval: group.interval,
        proofs: proofsOf(group),
      });
      texts.set(testFile(group), proofText(proof));
    }
  }
  return texts;
};

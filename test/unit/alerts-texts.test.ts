import { expect, test } from "vitest";
import { parse } from "yaml";
import { groupsText } from "../../infra/render/alerts/groups-text";
import type { WrittenGroup } from "../../infra/render/alerts/rule-groups";
import { writtenGroup } from "../../infra/render/alerts/rule-groups";
import { proofFile, proofsOf } from "../../infra/render/alerts/proof-file";
import { alertGroupsOf, alertTexts, ruleFile, testFile } from "../../infra/render/alerts/texts";
import { hotdashFleet } from "../support/declarations";

const hotdash = hotdashFleet();

test("the files of rules and proofs hold what was made, whatever a text looks like", () => {
  const texts = alertTexts(hotdash);
  for (const group of alertGroupsOf(hotdash)) {
    expect(parse(texts.get(ruleFile(group)) ?? "")).toEqual({ groups: [writtenGroup(group)] });
    const proof = parse(texts.get(testFile(group)) ?? "") as ReturnType<typeof proofFile>;
    expect(proof).toEqual(
      proofFile({
        name: group.name,
        ruleFiles: proof.rule_files,
        groups: proof.group_eval_order,
        interval: group.interval,
        proofs: proofsOf(group),
      }),
    );
  }

  const words = ['it\'s "so"', "- a: b # c", "no", "1e3", " padded ", "", "two\nlines\ttab", "\\n", "ü – €"];
  const nasty: WrittenGroup = {
    name: "o'clock",
    interval: "30s",
    eval_alignment: false,
    rules: words.flatMap((word) => [
      { record: word, expr: word },
      { alert: "A", expr: word, for: "5m", labels: { severity: word }, annotations: { summary: word } },
    ]),
  };
  expect(parse(groupsText([nasty]))).toEqual({ groups: [nasty] });
});

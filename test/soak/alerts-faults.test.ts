import { afterAll, beforeAll, expect, test } from "vitest";
import { shown } from "../support/alert-messages";
import type { Explanation, Played } from "../support/alert-play";
import { mistakesIn, playAll, unexplained } from "../support/alert-play";
import { notReached } from "../support/alert-recipients";
import type { AlertRig } from "../support/alert-rig";
import { startAlertRig } from "../support/alert-rig";
import { alertScenarios } from "../support/alert-scenarios";

// Every class of alerts by a real fault, through the real engines, to the people: where, how bad, in which words.

const minutes = 60_000;
let rig: AlertRig;
let begun: number;
let result: { played: Played[]; failures: string[]; explanations: Explanation[] };

beforeAll(async () => {
  begun = Date.now();
  rig = await startAlertRig();
  result = await playAll(rig, alertScenarios);
}, 9 * minutes);
afterAll(() => rig.stop());

test("each fault is told, and its recovery", async () => {
  expect(result.failures, shown(await rig.told(begun), begun)).toEqual([]);
  expect(result.played).toHaveLength(alertScenarios.flatMap(({ expects }) => expects).length);
});

test("each in its channel, with value, limit, next step and links", () => {
  expect(result.played.flatMap((played) => mistakesIn(rig, played))).toEqual([]);
});

test("whoever the severity names is reached: on call, by e-mail, in the journal", async () => {
  expect(await notReached(rig, result.played)).toEqual([]);
});

test("nothing is told that no fault explains", async () => {
  expect(shown(unexplained(await rig.told(begun), result.explanations), begun)).toBe("  nothing");
});

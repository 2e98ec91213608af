import { describe, expect, it } from "vitest";
import { Refusal } from "../../infra/model/diagnostics";
import { exitCodes } from "../../ops/exit-codes";
import { parseEvents } from "../../ops/pulumi/events";
import type { Ending, Verdict } from "../../ops/pulumi/verdict";
import { formatViolations, verdictOf } from "../../ops/pulumi/verdict";

// Lines as the CLI 3.250 wrote them.
const ran = `{"sequence":7,"timestamp":1795370658,"policyAnalyzeSummaryEvent":{"resourceUrn":"urn:pulumi:s::p::pulumi:pulumi:Stack::p-s","policyPackName":"flymon","policyPackVersion":"1.0.0","policyPackVersionTag":"1.0.0","passed":["mem-floor"]}}`;
const ranEmpty = `{"sequence":14,"timestamp":1795370824,"policyAnalyzeSummaryEvent":{"resourceUrn":"urn:pulumi:s::p::a:b:C::two","policyPackName":"flymon","policyPackVersion":"1.0.0","policyPackVersionTag":"1.0.0"}}`;
const stackRan = `{"sequence":39,"timestamp":1795370659,"policyAnalyzeStackSummaryEvent":{"policyPackName":"flymon","policyPackVersion":"1.0.0","policyPackVersionTag":"1.0.0","passed":["stack-wide"]}}`;
const violated = `{"sequence":15,"timestamp":1795370659,"policyEvent":{"resourceUrn":"urn:pulumi:s::p::a:b:C::two","message":"d\\napp one\\nmem 1\\n","color":"never","policyName":"mem-floor","policyPackName":"flymon","policyPackVersion":"1.0.0","policyPackVersionTag":"1.0.0","enforcementLevel":"mandatory"}}`;
const advised = violated.replace(`"mandatory"`, `"advisory"`);
const couldNotRun = `{"sequence":15,"timestamp":1795370712,"policyEvent":{"resourceUrn":"urn:pulumi:s::p::a:b:C::one","message":"can't run policy 'mem-floor' from policy pack 'flymon@v1.0.0' during preview: string value at .u can't be known during preview\\n","color":"never","policyName":"mem-floor","policyPackName":"flymon","policyPackVersion":"1.0.0","policyPackVersionTag":"1.0.0","enforcementLevel":"advisory"}}`;
const failed = `{"sequence":40,"timestamp":1795370659,"diagnosticEvent":{"prefix":"error: ","message":"preview failed\\n","color":"never","severity":"error"}}`;
const succeeded = `{"sequence":39,"timestamp":1795370824,"summaryEvent":{"maybeCorrupt":false,"durationSeconds":1,"resourceChanges":{"create":3},"PolicyPacks":{"flymon|local|../pack":"1.0.0"},"isPreview":true,"result":"succeeded"}}`;

const said = (message: string): string =>
  JSON.stringify({
    sequence: 9,
    diagnosticEvent: { prefix: "error: ", message, color: "never", severity: "error" },
  });

const verdict = (lines: readonly string[], ending: Partial<Ending> = {}): Verdict =>
  verdictOf({
    pulumi: 1,
    stderr: "",
    guarded: true,
    interrupted: false,
    ...ending,
    events: parseEvents(lines.join("\n")),
  });

describe("the verdict on a run of Pulumi", () => {
  it("is done where Pulumi succeeded and policies ran", () => {
    expect(verdict([ran, succeeded], { pulumi: 0 })).toEqual({ exitCode: exitCodes.done, violations: [] });
    expect(verdict([stackRan, succeeded], { pulumi: 0 }).exitCode).toBe(exitCodes.done);
  });

  it("is a violation for a mandatory policy, each told once though up judges twice", () => {
    const { exitCode, violations } = verdict([ran, violated, failed, violated]);
    expect(exitCode).toBe(exitCodes.policy);
    expect(violations).toEqual([{ policy: "mem-floor", message: "d\napp one\nmem 1" }]);
  });

  it("passes over an advisory policy", () => {
    expect(verdict([ran, advised, succeeded], { pulumi: 0 }).exitCode).toBe(exitCodes.done);
  });

  it("takes a policy that could not judge for violated, although Pulumi ends with 0", () => {
    const { exitCode, violations } = verdict([ran, couldNotRun, succeeded], { pulumi: 0 });
    expect(exitCode).toBe(exitCodes.policy);
    expect(violations[0]?.message).toContain("can't be known during preview");
  });

  it("fails where the pack was empty or was not run", () => {
    for (const lines of [[ranEmpty, succeeded], [succeeded], []]) {
      const { exitCode, remark } = verdict(lines, { pulumi: 0 });
      expect(exitCode).toBe(exitCodes.policy);
      expect(remark).toContain("No policy was run");
    }
    expect(verdict([succeeded], { pulumi: 0, guarded: false }).exitCode).toBe(exitCodes.done);
  });

  it("knows the program's refusal", () => {
    const mistake = { file: "Pulumi.x.yaml", field: "apps", value: [], limit: "one", mend: "name one" };
    for (const mistakes of [[mistake], [mistake, mistake]])
      expect(verdict([ran, said(new Refusal(mistakes).message)]).exitCode).toBe(exitCodes.refused);
  });

  it.each([
    "Slack (127.0.0.1:1): creating the channel #incidents: answered invalid_auth. Set a valid bot token",
    "1 error occurred:\n\t* Slack: creating the channel #incidents: no bot token is configured. Set it",
    'exit status 5: running "node ops/bin/flymon.cjs drill":\nSlack (slack.com): drill in #monitoring: answered not_in_channel.',
  ])("knows a failure of Slack: %s", (message) => {
    expect(verdict([ran, said(message)]).exitCode).toBe(exitCodes.remote);
  });

  it("knows a property that a provider refuses", () => {
    const message = "flymon:fly:FlyToml resource 'a': property path value {} has a problem: must be a text\n";
    expect(verdict([ran, said(message)]).exitCode).toBe(exitCodes.refused);
  });

  it.each([
    [7, exitCodes.changes],
    [2, exitCodes.usage],
    [8, exitCodes.interrupted],
    [3, exitCodes.remote],
    [1, exitCodes.unexpected],
    [undefined, exitCodes.unexpected],
  ])("translates Pulumi's exit code %s", (pulumi, exitCode) => {
    expect(verdict([ran, failed], { pulumi }).exitCode).toBe(exitCode);
  });

  it("is interrupted where Pulumi was asked to end, unless it was done already", () => {
    expect(verdict([ran, failed], { interrupted: true }).exitCode).toBe(exitCodes.interrupted);
    expect(verdict([ran, succeeded], { interrupted: true, pulumi: 0 }).exitCode).toBe(exitCodes.done);
  });

  it("says how to go on after Pulumi was killed", () => {
    expect(verdict([ran], { pulumi: undefined }).remark).toContain("Run the same command again");
  });

  it("knows a wrong argument by Pulumi's words", () => {
    const stderr = "error: unknown flag: --exapnd\n";
    expect(verdict([], { stderr }).exitCode).toBe(exitCodes.usage);
  });

  it("reads a log that was cut off in the middle of a line", () => {
    expect(parseEvents(`${violated}\n${failed.slice(0, 40)}`)).toHaveLength(1);
  });
});

describe("the closing words on violations", () => {
  it("count them and repeat each policy's own words", () => {
    expect(formatViolations([{ policy: "mem-floor", message: "worker has 512mb\nat least 2gb" }])).toBe(
      "\n1 policy violation; nothing of it may be applied:\n\n  mem-floor\n    worker has 512mb\n    at least 2gb\n",
    );
  });
});

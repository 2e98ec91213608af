import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { flyTomlFile } from "../../infra/render/files";
import { flyTomlText } from "../../infra/render/toml-text";
import type { Finding } from "../../infra/toml/finding";
import { lintFlyToml, ruleIds } from "../../infra/toml/lint";
import { rules } from "../../infra/toml/rules";
import { githubReport, textReport } from "../../infra/toml/report";
import { TomlSyntaxError } from "../../infra/toml/syntax-error";
import { repositoryRoot } from "../../toolchain/root";
import { hotdashFleet } from "../support/declarations";
import { expectedFindings, flyTomlFixtures } from "../support/fly-toml-fixtures";

const found = (text: string): string[] =>
  lintFlyToml(text, "fly.toml").map(({ line, rule }) => `${line} ${rule}`);
const only = (text: string): Finding => {
  const [finding, ...more] = lintFlyToml(text, "fly.toml");
  if (finding === undefined || more.length > 0)
    throw new Error(`one finding expected, got ${found(text).join()}`);
  return finding;
};

/** A sound file; each test changes what it is about. */
const sound = (changes: { service?: string; check?: string; end?: string } = {}): string => `app = "shop"
[http_service]
internal_port = 8080
auto_stop_machines = "stop"
min_machines_running = 1
${changes.service ?? ""}
[[http_service.checks]]
interval = "15s"
timeout = "5s"
path = "/up"
${changes.check ?? ""}
${changes.end ?? ""}
`;

describe("fly.toml files of public shape", () => {
  test.each(flyTomlFixtures)("%s", (name, text) => {
    expect(found(text)).toEqual(expectedFindings[name]);
  });

  test("are as many as they should be, and together show most rules", () => {
    expect(flyTomlFixtures.length).toBeGreaterThanOrEqual(25);
    const shown = new Set(
      Object.values(expectedFindings).flatMap((all) => all.map((each) => each.split(" ")[1])),
    );
    expect(ruleIds.filter((id) => !shown.has(id)).length).toBeLessThan(15);
  });
});

test.each(hotdashFleet().apps.map((app) => [app.name, app] as const))(
  "nothing is found in the fragment of %s",
  (_, app) => {
    const { settings, header } = flyTomlFile(app, "test");
    expect(found(flyTomlText(settings, header))).toEqual([]);
  },
);

describe("each finding", () => {
  test("says the place, what happens on Fly, and the lines to paste", () => {
    expect(only(sound({ check: 'grace_period = "90s"' }))).toEqual({
      rule: "check-time-clamped",
      severity: "warning",
      file: "fly.toml",
      line: 11,
      column: 1,
      endLine: 11,
      endColumn: 21,
      message: "Fly lowers the grace_period of the http check of port 8080 to 1m",
      fix: 'grace_period = "1m"',
    });
  });

  test.each([
    ["min_machine_running = 1", "unknown-key", "min_machines_running = 1"],
    ["auto_machine_start = true", "unknown-key", "auto_start_machines = true"],
    [
      "primary_region = 'ord'",
      "misplaced-key",
      "# at the top of the file, before the first [section]:\n  primary_region = 'ord'",
    ],
    ["max_machines_running = 3", "dead-key", "# fly scale count 3"],
    ["force_https = 'yes'", "wrong-type", "force_https = true"],
    ["processes = 'app'", "wrong-type", 'processes = ["app"]'],
    ["concurrency = { soft_limit = 5, hard_limit = 2 }", "soft-over-hard", "soft_limit = 2"],
    ["concurrency = { type = 'conections' }", "concurrency-type", 'type = "connections"'],
  ])("names %s and mends it", (service, rule, fix) => {
    const finding = only(sound({ service }));
    expect(finding.rule).toBe(rule);
    expect(finding.line).toBe(6);
    expect(finding.fix).toContain(fix);
  });

  test.each([
    ["[vm]\nmemory = '512mb'", "old-form"],
    ["[[vm]]\nsize = 'shared-cpu-3x'", "vm-size"],
    ["[[vm]]\nmemory = '1000mb'", "vm-size"],
    ["[[vm]]\nmemory = '1gb'\nmemory_mb = 512", "vm-memory-twice"],
    ["[[vm]]\ngpu_kind = 'a10'", "gpu-removed"],
    ["[vm.network]\nipv6 = true", "dead-key"],
    ["[restart]\npolicy = 'always'", "single-table"],
    ["[[restart]]\npolicy = 'no'", "restart-policy"],
    ["[deploy]\nstrategy = 'bluegreen'\nmax_unavailable = 1", "max-unavailable"],
    ['[deploy]\nrelease_command = "echo \'one"', "command-quotes"],
    ["[[metrics]]\nport = 1\npath = '/a'\n[[metrics]]\nport = 2\npath = '/b'", "section-shadowed"],
    [
      "[[services]]\ninternal_port = 9\n[[services.tcp_checks]]\ninterval = '5s'\ntimeout = '2s'",
      "service-without-ports",
    ],
    ["[checks.db]\ntype = 'tcp'\nport = 5432\ninterval = '5s'\ntimeout = '2s'", "check-port-unserved"],
    [
      "[[services]]\ninternal_port = 8080\nports = [{ port = 443, handlers = ['tls'] }]\ntcp_checks = [{ interval = '5s' }]",
      "duplicate-service",
    ],
  ])("names %j", (end, rule) => {
    expect(lintFlyToml(sound({ end }), "fly.toml").map((finding) => finding.rule)).toContain(rule);
  });

  test("each rule's id is its own", () => {
    expect(new Set(ruleIds).size).toBe(ruleIds.length);
  });
});

describe("bare numbers tell the unit that Fly takes there", () => {
  test.each([
    ["[[http_service.checks]]\ninterval = 15000", "nanoseconds", '"15s"'],
    ["[[services.http_checks]]\ninterval = 15000", "milliseconds", '"15s"'],
    ["[checks.a]\ninterval = 10", "milliseconds", '"10s"'],
    ["[deploy]\nwait_timeout = 300", "nanoseconds", '"300s"'],
  ])("%j", (text, unit, mend) => {
    const source = text.startsWith("[[services") ? `[[services]]\n${text}` : text;
    const finding = lintFlyToml(source, "fly.toml").find(({ rule }) => rule === "bare-duration");
    expect(finding?.message).toContain(unit);
    expect(finding?.fix).toContain(mend);
  });
});

describe("suppressions", () => {
  const resting = (comment: string, trailing = ""): string =>
    sound()
      .replace('"stop"', '"off"')
      .replace("min_machines_running = 1", `${comment}min_machines_running = 1${trailing}`);
  const allow = "# flymon-lint: allow min-without-auto-stop";

  test("take a finding back, on its line or the line before, with a reason", () => {
    expect(found(resting(""))).toEqual(["5 min-without-auto-stop"]);
    expect(found(resting(`${allow} -- for the night\n`))).toEqual([]);
    expect(found(resting("", ` ${allow} -- for the night`))).toEqual([]);
  });

  test("do nothing without a reason, for an unknown rule, or on another line", () => {
    expect(found(resting(`${allow}\n`))).toEqual(["5 suppression", "6 min-without-auto-stop"]);
    expect(found(resting("", " # flymon-lint: allow min -- because"))).toEqual([
      "5 min-without-auto-stop",
      "5 suppression",
    ]);
    expect(found(resting(`${allow} -- far away\n\n`))).toEqual(["5 suppression", "7 min-without-auto-stop"]);
  });

  test("that outlive their cause are findings", () => {
    expect(found(sound({ service: `${allow} -- once needed` }))).toEqual(["6 suppression"]);
  });
});

describe("text that is no TOML", () => {
  test.each([
    ['app = "a"\n<<<<<<< HEAD\nx = 1\n=======\n', 2, "merge conflict"],
    ["a = 1\nb = 2\na = 3\n", 3, "defined twice"],
    ["[a]\nx = 1\n[a]\n", 3, "defined twice"],
    ["a = yes\n", 1, "unexpected"],
    ["a = 'one\n", 1, "unterminated"],
  ])("%j is one error with its line", (text, line, words) => {
    let thrown: unknown;
    try {
      lintFlyToml(text, "fly.toml");
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TomlSyntaxError);
    expect((thrown as TomlSyntaxError).line).toBe(line);
    expect((thrown as TomlSyntaxError).reason).toContain(words);
  });
});

describe("reports", () => {
  const findings = lintFlyToml(sound({ service: "max_machines_running = 3" }), "a,b:c.toml");

  test("text has the place, the rule, what happens and the mend", () => {
    expect(textReport(findings)).toContain(
      "a,b:c.toml:6:1  error  dead-key\n    http_service.max_machines_running: Fly ignores",
    );
  });

  test("GitHub's annotations are one line each, with what would end them escaped", () => {
    const report = githubReport(findings);
    expect(report.split("\n")).toHaveLength(1);
    expect(report).toMatch(
      /^::error file=a%2Cb%3Ac\.toml,line=6,endLine=6,col=1,endColumn=25,title=dead-key::/,
    );
    expect(report).toContain("%0A");
  });
});

test("every rule has its row in docs/fly-toml.md", () => {
  const page = readFileSync(path.join(repositoryRoot, "docs/fly-toml.md"), "utf8");
  for (const { id, severity } of rules)
    expect(page).toMatch(new RegExp(`^\\| \`${id}\` +\\| ${severity} `, "m"));
});

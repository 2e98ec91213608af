import { chooseBackend, ensureToolchain } from "../../toolchain/setup";
import { declaredFleet } from "../declared-fleet";
import type { ExitCode } from "../exit-codes";
import { exitCodes } from "../exit-codes";
import { explain } from "../failure";
import { stackNames } from "../stack-files";
import { print, printJson } from "../talk";

/** One thing that must be in order. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
  /** What to do; with a finding that is ok, a hint. */
  readonly fix?: string;
  /** What the command ends with because of it. */
  readonly exitCode: ExitCode;
}

const oldestNode = [20, 19] as const;

const node = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  return {
    what: "Node",
    ok,
    found: process.version,
    ...(!ok && { fix: `install Node ${oldestNode.join(".")} or newer` }),
    exitCode: ok ? exitCodes.done : exitCodes.toolchain,
  };
};

const toolchain = async (): Promise<Finding[]> => {
  try {
    const { report } = await ensureToolchain();
    return report.map((line) => {
      const [what = "", ...found] = line.split(": ");
      return { what, ok: true, found: found.join(": "), exitCode: exitCodes.done };
    });
  } catch (error) {
    const { exitCode, text } = explain(error, false);
    return [{ what: "Toolchain", ok: false, found: "incomplete", fix: text, exitCode }];
  }
};

const backend = (env: NodeJS.ProcessEnv): Finding => ({
  what: "Backend",
  ok: true,
  found:
    chooseBackend(env).kind === "own"
      ? "files below .flymon/state (none was chosen)"
      : "chosen by your environment, login or Pulumi.yaml",
  exitCode: exitCodes.done,
});

const slackToken = (env: NodeJS.ProcessEnv): Finding => ({
  what: "Slack token",
  ok: true,
  found: env["SLACK_BOT_TOKEN"] ? "set by SLACK_BOT_TOKEN" : "not set in the environment",
  ...(!env["SLACK_BOT_TOKEN"] && {
    fix: "up needs it: `export SLACK_BOT_TOKEN=xoxb-...` or `pulumi config set --secret flymon:slackToken xoxb-...`",
  }),
  exitCode: exitCodes.done,
});

const stackFinding = (stack: string): Finding => {
  const what = `Stack ${stack}`;
  try {
    const count = declaredFleet(stack).apps.length;
    return {
      what,
      ok: true,
      found: `${String(count)} ${count === 1 ? "app" : "apps"}`,
      exitCode: exitCodes.done,
    };
  } catch (error) {
    const { exitCode, text } = explain(error, false);
    return { what, ok: false, found: "refused", fix: text, exitCode };
  }
};

const shown = ({ what, ok, found, fix }: Finding): string =>
  `${ok ? "ok  " : "FAIL"}  ${what}: ${found}${fix === undefined ? "" : `\n      ${fix.split("\n").join("\n      ")}`}`;

/** `flymon doctor`: whether everything that flymon needs is there; ends with the code of the first thing that is not. */
export const doctor = async (
  { json = false }: { readonly json?: boolean },
  env: NodeJS.ProcessEnv,
): Promise<ExitCode> => {
  const findings = [
    node(),
    ...(await toolchain()),
    backend(env),
    slackToken(env),
    ...stackNames().map(stackFinding),
  ];
  if (json) printJson(findings.map(({ what, ok, found, fix }) => ({ what, ok, found, fix })));
  else for (const finding of findings) print(shown(finding));
  return findings.find(({ ok }) => !ok)?.exitCode ?? exitCodes.done;
};

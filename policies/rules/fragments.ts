import { flyTomlText } from "../../infra/render/toml-text";
import type { Settings } from "../../infra/render/toml-text";
import { lintFlyToml } from "../../infra/toml/lint";
import type { Finding, StackRule } from "../rule";

/** What a policy of its own says about the declaration, with the line to change; told twice it is noise. */
const judgedByOthers = new Set([
  "no-health-check", // health-check-present
  "informational-checks-only",
  "timeout-over-interval", // health-check-bounds
  "check-time-clamped",
  "auto-stop-without-start", // auto-stop-needs-auto-start
]);

export const fragmentLintsClean: StackRule = {
  name: "fragment-lints-clean",
  title: "Fragments do what they say",
  demands: "Nothing is found in a written fragment by flymon toml lint.",
  limit: "no finding",
  why:
    "What Fly ignores or turns against an app is ignored in silence. The rules for the apps' own files hold for what " +
    "flymon writes, changes by a transform included.",
  source: "docs/fly-toml.md",
  mend: "// see docs/fly-toml.md for each rule; the message names the line that is written",
  severity: "high",
  reads: ["flyApp", "flyToml"],
  judgeStack: (stack) =>
    stack.flyToml.flatMap(({ path, header, settings }): Finding[] => {
      const text = flyTomlText(settings as Settings, header);
      const origin = stack.flyApp.find(({ app }) => app === settings.app);
      return lintFlyToml(text, path)
        .filter(({ rule }) => !judgedByOthers.has(rule))
        .map(({ rule, line, message, fix }) => ({
          ...(origin && { origin }),
          field: `fly.toml (${rule})`,
          value: (text.split("\n")[line - 1] ?? "").trim(),
          limit: message,
          mend: fix,
        }));
    }),
};

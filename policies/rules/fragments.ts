import { flyTomlText } from "../../infra/render/toml-text";
import type { Settings } from "../../infra/render/toml-text";
import { lintFlyToml } from "../../infra/toml/lint";
import type { Finding, StackRule } from "../rule";

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
      return lintFlyToml(text, path).map(({ rule, line, message, fix }) => ({
        ...(origin && { origin }),
        field: `fly.toml (${rule})`,
        value: (text.split("\n")[line - 1] ?? "").trim(),
        limit: message,
        mend: fix,
      }));
    }),
};

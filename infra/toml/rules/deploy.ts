import type { Problem, Rule } from "../finding";
import type { FlyFile } from "../fly-file";
import { nearestKey } from "../nearest";
import { numberAt, tableAt, textAt } from "../values";
import { listed, placeOfKey, placeOfSection, written } from "./written";

const strategies = ["canary", "rolling", "immediate", "bluegreen"];

const deploy = (file: FlyFile, key: string, problem: Omit<Problem, "at">): Problem[] => {
  const table = tableAt(file.root, "deploy");
  const entry = file.root.entries.get("deploy");
  return table === undefined || entry === undefined
    ? []
    : [{ at: placeOfKey(table, key, entry), ...problem }];
};

/** False for a command with a quote that is never closed, which flyctl cannot split. */
const splits = (command: string): boolean => {
  let quote: string | undefined;
  for (let index = 0; index < command.length; index += 1) {
    const character = command.charAt(index);
    if (character === "\\" && quote !== "'") index += 1;
    else if (quote !== undefined) quote = character === quote ? undefined : quote;
    else if (character === "#" && (index === 0 || /\s/.test(command.charAt(index - 1)))) {
      // A comment to the shell and to flyctl, up to the end of its line.
      const end = command.indexOf("\n", index);
      index = end === -1 ? command.length : end;
    } else if (character === "'" || character === '"') quote = character;
  }
  return quote === undefined;
};

export const deployRules: readonly Rule[] = [
  {
    id: "deploy-strategy",
    severity: "error",
    title: "deploy strategies that flyctl refuses",
    check: (file: FlyFile): Problem[] => {
      const strategy = textAt(tableAt(file.root, "deploy"), "strategy");
      if (strategy === undefined || strategies.includes(strategy)) return [];
      return deploy(file, "strategy", {
        message: `flyctl refuses the file: ${written(strategy)} is no deploy strategy, there are ${listed(strategies)}`,
        fix: `strategy = "${nearestKey(strategy, strategies) ?? "rolling"}"`,
      });
    },
  },
  {
    id: "strategy-with-mounts",
    severity: "error",
    title: "canary or bluegreen with volumes",
    check: (file: FlyFile): Problem[] => {
      const strategy = textAt(tableAt(file.root, "deploy"), "strategy");
      if (file.mounts.length === 0 || (strategy !== "canary" && strategy !== "bluegreen")) return [];
      return deploy(file, "strategy", {
        message: `${strategy} makes new machines, and a volume goes with one machine only: the deploy fails`,
        fix: 'strategy = "rolling"',
      });
    },
  },
  {
    id: "bluegreen-without-checks",
    severity: "error",
    title: "bluegreen without a health check",
    check: (file: FlyFile): Problem[] => {
      const checked = file.topLevelChecks.length > 0 || file.services.some(({ checks }) => checks.length > 0);
      if (checked || textAt(tableAt(file.root, "deploy"), "strategy") !== "bluegreen") return [];
      return deploy(file, "strategy", {
        message: "bluegreen needs a health check to know when to switch: the deploy fails without one",
        fix: '[[http_service.checks]]\n  interval = "15s"\n  timeout = "5s"\n  grace_period = "10s"\n  method = "GET"\n  path = "/health"',
      });
    },
  },
  {
    id: "max-unavailable",
    severity: "warning",
    title: "max_unavailable with a strategy that does not read it, or below zero",
    check: (file: FlyFile): Problem[] => {
      const table = tableAt(file.root, "deploy");
      const value = numberAt(table, "max_unavailable");
      const strategy = textAt(table, "strategy") ?? "rolling";
      if (value === undefined) return [];
      if (value <= 0) {
        return deploy(file, "max_unavailable", {
          severity: "error",
          message: `max_unavailable = ${value} lets no machine be replaced: write a share below 1 or a number of machines`,
          fix: "max_unavailable = 0.33",
        });
      }
      return strategy === "rolling"
        ? []
        : deploy(file, "max_unavailable", {
            message: `Fly reads max_unavailable only with the rolling strategy, not with ${strategy}`,
            fix: 'strategy = "rolling"',
          });
    },
  },
  {
    id: "command-quotes",
    severity: "error",
    title: "commands with a quote that is never closed",
    check: (file) => [
      ...file.processes
        .filter(({ command }) => !splits(command))
        .map(({ name, entry }) => ({
          at: entry.statement ?? entry.keySpan,
          message: `flyctl refuses the file: the command of ${name} has a quote that is never closed`,
          fix: `${name} = "..." # with every quote closed`,
        })),
      ...(splits(textAt(tableAt(file.root, "deploy"), "release_command") ?? "")
        ? []
        : deploy(file, "release_command", {
            message: "flyctl refuses the file: the release command has a quote that is never closed",
            fix: 'release_command = "..." # with every quote closed',
          })),
    ],
  },
  {
    id: "several-builders",
    severity: "warning",
    title: "more than one way to build",
    check: (file: FlyFile): Problem[] => {
      const build = tableAt(file.root, "build");
      const entry = file.root.entries.get("build");
      const ways = ["image", "builder", "dockerfile", "builtin"].filter(
        (key) => textAt(build, key) !== undefined,
      );
      if (build === undefined || entry === undefined || ways.length < 2) return [];
      return [
        {
          at: placeOfSection({ table: build, entry }),
          message: `[build] says ${listed(ways)}: flyctl uses one of them`,
          fix: `[build]\n  ${ways[0] ?? ""} = ${written(textAt(build, ways[0] ?? "") ?? "")}`,
        },
      ];
    },
  },
];

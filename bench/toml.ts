import { fleet } from "../infra/fleet";
import { parseSettings, resolveFleet } from "../infra/model/fleet";
import { lintFlyToml } from "../infra/toml/lint";
import { mergeFlyToml } from "../infra/toml/merge";
import { median } from "./measure";

const lines = 1_000;

/** A fly.toml of about a thousand lines: an app's own settings around one service. */
const longFile = (): string => {
  const foreign = Array.from({ length: lines - 20 }, (_, index) =>
    index % 10 === 0 ? `  # settings of part ${index / 10}` : `  VARIABLE_${index} = "value ${index}"`,
  );
  return [
    'app = "hotdash-staging"',
    'primary_region = "ord"',
    "",
    "[env]",
    ...foreign,
    "",
    "[http_service]",
    "  internal_port = 3000",
    "  auto_stop_machines = true",
    "  min_machines_running = 0",
    "",
    "  [[http_service.checks]]",
    '    interval = "30s"',
    '    timeout = "5s"',
    '    path = "/up"',
    "",
  ].join("\n");
};

const times = (rounds: number, run: () => unknown): number => {
  const milliseconds = Array.from({ length: rounds + 1 }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
  return Number(median(milliseconds.slice(1)).toFixed(1));
};

/** Lint and merge of a long file, in milliseconds. */
export const benchToml = (rounds: number): Promise<object> => {
  const text = longFile();
  const { apps } = resolveFleet(
    fleet,
    parseSettings("bench", { environment: "staging", apps: ["hotdash-staging"] }),
  );
  const [app] = apps;
  if (app === undefined) throw new Error("the fleet has no hotdash-staging");
  return Promise.resolve({
    lines: text.split("\n").length,
    lintMilliseconds: times(rounds, () => lintFlyToml(text, "fly.toml")),
    mergeMilliseconds: times(rounds, () => mergeFlyToml(text, app)),
  });
};

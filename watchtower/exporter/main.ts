import { parseArgs } from "node:util";
import type { ExporterConfig } from "../../infra/model/exporter-config";
import { parseListen } from "../http/listen";
import { serveUntil, untilStopped } from "../http/serve";
import { readText, runProgram, StartFailure } from "../http/started";
import { exporterRoutes } from "./routes";
import { newState } from "./state";
import { watchApps } from "./watch";

const usage = `The machine-state exporter: publishes what Fly's metrics do not tell.

  --config FILE     what to watch (generated/<stack>/exporter/config.json)
  --listen ADDRESS  where to answer, ":9700" by default

GET /metrics (Prometheus), GET /targets/json (HTTP service discovery of json_exporter's targets), both with the user
and password of the configuration; GET /health.
`;

/** The renderer's own file: a text that is no such file is a wrong argument. */
const readConfig = (file: string): ExporterConfig => {
  try {
    const parsed: unknown = JSON.parse(readText("--config", file));
    if (typeof parsed === "object" && parsed !== null && "apps" in parsed && Array.isArray(parsed.apps))
      return parsed as ExporterConfig;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StartFailure(`--config: ${file} is not what flymon writes as exporter/config.json`);
};

const optionsOf = (): { config?: string | undefined; listen: string; help: boolean } => {
  try {
    return parseArgs({
      options: {
        config: { type: "string" },
        listen: { type: "string", default: ":9700" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new StartFailure(error instanceof Error ? error.message : String(error));
  }
};

runProgram("exporter", async () => {
  const options = optionsOf();
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  if (options.config === undefined) throw new StartFailure("--config FILE is needed");
  const listen = parseListen(options.listen);
  if (listen === undefined) throw new StartFailure('--listen: write it as ":9700" or "127.0.0.1:9700"');

  const config = readConfig(options.config);
  const token = readText("tokenFile", config.tokenFile);
  const password = readText("access.passwordFile", config.access.passwordFile);
  const signal = untilStopped();
  const states = config.apps.map(newState);
  const serving = serveUntil(
    exporterRoutes(states, config, { user: config.access.user, password }),
    listen,
    signal,
  );
  const watching = watchApps(states, { config, token, signal });
  // What is still under way at the end is left: it has nothing to put in order.
  await Promise.race([serving, watching.then(() => serving)]);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Fleet } from "../../infra/model/fleet";
import { scrapeTexts, storeArguments } from "../../infra/render/watchtower/scrape";
import { flushEvery, keepFlushed } from "../../sandbox/fly/host/flushing";
import { ensureToolchain } from "../../toolchain/setup";
import { lookback } from "./exporter-kit";
import { password } from "./exporter-process";
import { freePort } from "./free-port";

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The watchtower's store, scraping as the fleet's own configuration says. */
export interface RunningStore {
  /** The latest values, as vmalert would see them. */
  ask(query: string): Promise<readonly Sample[]>;
  stop(): Promise<void>;
}

/**
 * Starts the store on the fleet's scrape configuration.
 *
 * @param places where each of the other parts listens here: "127.0.0.1:4711" by its address in the watchtower
 */
export const startStore = async (
  fleet: Fleet,
  flyToken: string,
  places: Readonly<Record<string, string>>,
): Promise<RunningStore> => {
  const { engines } = await ensureToolchain({ only: ["victoria-metrics"], quiet: true });
  const folder = mkdtempSync(path.join(tmpdir(), "store-"));
  const port = await freePort();
  const name = fleet.settings.watchtower?.app ?? "";
  const texts = { "secrets/fly-token": flyToken, "secrets/parts-password": password };
  const here = Object.entries({
    ...places,
    [`metrics.process.${name}.internal:8428`]: `127.0.0.1:${port}`,
    "/etc/flymon/secrets": path.join(folder, "secrets"),
  });
  const scrape = here.reduce(
    (text, [there, place]) => text.replaceAll(there, place),
    scrapeTexts(fleet).get("metrics/scrape.yaml") ?? "",
  );
  mkdirSync(path.join(folder, "secrets"));
  for (const [file, text] of Object.entries({ ...texts, "scrape.yaml": scrape }))
    writeFileSync(path.join(folder, file), text);
  const key = "key-of-the-test";
  const child = spawn(
    engines["victoria-metrics"],
    [
      `-httpListenAddr=127.0.0.1:${port}`,
      "-storageDataPath=data",
      "-promscrape.config=scrape.yaml",
      "-promscrape.config.strictParse=true",
      `-forceFlushAuthKey=${key}`,
      ...storeArguments(fleet.settings),
    ],
    { cwd: folder, stdio: "ignore" },
  );
  const ended = once(child, "exit");
  const url = `http://127.0.0.1:${port}`;
  const everyMs = flushEvery / fleet.settings.timeDivisor;
  void keepFlushed(new URL(`${url}/internal/force_flush?authKey=${key}`), everyMs, ended);
  const step = lookback(fleet.settings);
  return {
    ask: async (query) => {
      const asked = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query, step }).toString()}`);
      const { data } = (await asked.json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
};

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { hotdashFleet } from "../support/declarations";
import { lookback } from "../support/exporter-kit";
import { authorized, programFile, startAlone } from "../support/exporter-process";
import { startStore } from "../support/store-process";

const folder = mkdtempSync(path.join(tmpdir(), "parts-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

const listen = (server: Server, port = 0): Promise<number> =>
  new Promise((resolve) =>
    server.listen(port, "127.0.0.1", () => {
      resolve((server.address() as AddressInfo).port);
    }),
  );
const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });

describe("the journal as one file in an empty folder", () => {
  const start = (file: string) =>
    startAlone(
      programFile("journal"),
      () => ["--file", file, "--user", "flymon", "--password-file", "password", "--listen", "127.0.0.1:0"],
      { password: "between the parts\n" },
    );
  const notification = (status: "firing" | "resolved") => ({
    version: "4",
    alerts: [
      {
        status,
        labels: { alertname: "FlyCpuHigh", app: "shop", process_group: "app", severity: "info" },
        annotations: { summary: "CPU of shop (app) is high" },
        startsAt: "2026-11-22T20:00:00Z",
        endsAt: status === "firing" ? "0001-01-01T00:00:00Z" : "2026-11-22T20:05:00Z",
        fingerprint: "00ff00ff00ff00ff",
      },
    ],
  });

  test("keeps what it has answered, though it is killed, and writes nothing twice", async () => {
    const post = async (url: string, status: "firing" | "resolved") =>
      (
        await fetch(`${url}/alerts`, {
          method: "POST",
          headers: { ...authorized, "Content-Type": "application/json" },
          body: JSON.stringify(notification(status)),
        })
      ).json();
    const file = path.join(mkdtempSync(path.join(folder, "journal-")), "feedback", "reliability.md");
    const first = await start(file);
    expect(await post(first.url, "firing")).toEqual({ written: 1 });
    await first.stop("SIGKILL");
    const second = await start(file);
    expect(await post(second.url, "firing")).toEqual({ written: 0 });
    expect(await post(second.url, "resolved")).toEqual({ written: 1 });
    const page = await fetch(`${second.url}/reliability.md`, { headers: authorized });
    expect(await page.text()).toBe(readFileSync(file, "utf8"));
    expect((await second.stop()).code).toBe(0);
    expect(readFileSync(file, "utf8").match(/^\[.*$/gm)).toEqual([
      "[2026-11-22T20:00:00Z] ℹ️ INFO: CPU of shop (app) is high <!-- 00ff00ff00ff00ff 2026-11-22T20:00:00Z firing -->",
      "[2026-11-22T20:05:00Z] ✅ RESOLVED: CPU of shop (app) is high <!-- 00ff00ff00ff00ff 2026-11-22T20:00:00Z resolved -->",
    ]);
  });

  test("says what is wrong with its arguments, in one line", async () => {
    await expect(startAlone(programFile("journal"), () => ["--file", "x"])).rejects.toThrow(
      "ended with 2: journal: --user is needed",
    );
    await expect(startAlone(programFile("exporter"), () => ["--config", "none.json"])).rejects.toThrow(
      "ended with 2: exporter: --config: cannot read none.json (ENOENT)",
    );
  });
});

describe("the store", () => {
  test("keeps a value over a lost scrape, for as long as the lookback, and takes Fly's times", async () => {
    const name = "w";
    const divisor = 12;
    let takenAt = Date.now() - 2_000;
    let flyToken = "";
    const fly = createServer((request, response) => {
      flyToken = request.headers.authorization ?? "";
      response.end(`fly_instance_up{app="hotdash-staging",instance="a",job="theirs"} 1 ${takenAt}\n`);
    });
    const exporter = createServer((_, response) => {
      response.end('flymon_app_unreadable{app="hotdash-staging"} 1\n');
    });
    const exporterPort = await listen(exporter);
    const prometheusUrl = `http://127.0.0.1:${await listen(fly)}/prometheus/hotdash`;
    const fleet = hotdashFleet({
      timeDivisor: divisor,
      watchtower: { app: name, region: "iad", prometheusUrl },
    });
    expect(lookback(fleet.settings)).toBe("10s");
    const store = await startStore(fleet, "fm2_token\n", {
      [`exporter.process.${name}.internal:9700`]: `127.0.0.1:${exporterPort}`,
    });
    const present = async (query: string): Promise<boolean> =>
      (await store.ask(query).catch(() => [])).length > 0;
    try {
      await expect.poll(() => present("flymon_app_unreadable"), { timeout: 10_000 }).toBe(true);
      // Fly's own labels and times, by the read token.
      takenAt = Date.now() - 1_500;
      await expect
        .poll(async () => (await store.ask('timestamp(fly_instance_up{job="theirs"})'))[0]?.value ?? 0, {
          timeout: 5_000,
        })
        .toBeCloseTo(takenAt / 1_000, 2);
      expect(flyToken).toBe("FlyV1 fm2_token");

      // Away for a moment, as in a restart: nobody sees a gap.
      await close(exporter);
      const gone = Date.now();
      while (Date.now() < gone + 2_000) {
        expect(await present("flymon_app_unreadable")).toBe(true);
        await pause(100);
      }
      await expect.poll(() => present("up{job='flymon-exporter'} == 0"), { timeout: 8_000 }).toBe(true);
      // And not for ever.
      await expect.poll(() => present("flymon_app_unreadable"), { timeout: 18_000 }).toBe(false);
    } finally {
      await store.stop();
      await close(fly);
    }
  });
});

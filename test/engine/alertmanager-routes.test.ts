import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Fleet } from "../../infra/model/fleet";
import type { SettingsInput } from "../../infra/model/settings";
import { severities } from "../../infra/model/severity";
import { guestFolder } from "../../infra/model/watchtower";
import { alertmanagerFile, alertmanagerTexts } from "../../infra/render/alertmanager/texts";
import { rulesByApp } from "../../infra/render/alerts/registry";
import { ensureToolchain } from "../../toolchain/setup";
import { hotdashFleet } from "../support/declarations";

// What Alertmanager's own tool says of the configuration.

let folder = "";
let amtool = "";

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "flymon-amtool-"));
  ({
    engines: { amtool },
  } = await ensureToolchain({ only: ["amtool"] }));
}, 300_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const smtp = { host: "smtp.test:587", from: "alerts@hotdash" };
const given: SettingsInput["given"] = ["onCallWebhook", "heartbeatUrl"];
const stacks: Readonly<Record<string, Partial<SettingsInput>>> = {
  "with everything": { given, watchtower: { app: "tower", region: "iad", smtp } },
  "all at once": { given, watchtower: { app: "tower", region: "iad", smtp }, escalation: "all-at-once" },
  "without mail": { given },
  "with Slack alone": {},
};

const mails = ["critical-mail-0s", "critical-mail-5m", "critical-mail-15m"];
const expected: Readonly<
  Record<string, Readonly<Record<(typeof severities)[number] | "deadMansSwitch", readonly string[]>>>
> = {
  "with everything": {
    critical: ["critical-slack", "critical-on-call", ...mails, "critical-procedure-30m"],
    warning: ["warning-slack", "warning-mail"],
    info: ["info-slack", "info-journal"],
    deadMansSwitch: ["heartbeat"],
  },
  "all at once": {
    critical: ["critical-slack", "critical-on-call", "critical-mail-0s", "critical-procedure-30m"],
    warning: ["warning-slack", "warning-mail"],
    info: ["info-slack", "info-journal"],
    deadMansSwitch: ["heartbeat"],
  },
  "without mail": {
    critical: ["critical-slack", "critical-on-call", "critical-procedure-30m"],
    warning: ["warning-slack"],
    info: ["info-slack", "info-journal"],
    deadMansSwitch: ["heartbeat"],
  },
  "with Slack alone": {
    critical: ["critical-slack", "critical-procedure-30m"],
    warning: ["warning-slack"],
    info: ["info-slack", "info-journal"],
    deadMansSwitch: ["nobody"],
  },
};

/** Writes a stack's files as the machine has them, and gives the configuration's path. */
const written = (name: string, fleet: Fleet): string => {
  const guest = path.join(folder, name.replaceAll(" ", "-"));
  for (const [file, text] of alertmanagerTexts(fleet)) {
    mkdirSync(path.dirname(path.join(guest, file)), { recursive: true });
    writeFileSync(path.join(guest, file), text.replaceAll(guestFolder, guest));
  }
  return path.join(guest, alertmanagerFile);
};

const routed = async (file: string, labels: Readonly<Record<string, string>>): Promise<string[]> => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const { stdout } = await execa(amtool, ["config", "routes", "test", `--config.file=${file}`, ...pairs]);
  return stdout.trim().split(",");
};

describe.each(Object.entries(stacks))("a stack %s", (name, settings) => {
  const fleet = hotdashFleet(settings);

  test("has a configuration that amtool accepts, templates and all", async () => {
    const { stdout } = await execa(amtool, ["check-config", written(name, fleet)]);
    expect(stdout).toContain("1 templates");
    expect(stdout).not.toContain("FAILED");
  });

  test("routes each severity of each app, and the dead man's switch", async () => {
    const file = written(name, fleet);
    const found: unknown[] = [];
    const right: unknown[] = [];
    for (const [app, rules] of rulesByApp(fleet)) {
      for (const severity of severities) {
        const rule = rules.find((one) => one.severity === severity && one.kind.signal !== "deadMansSwitch");
        if (rule === undefined) continue;
        found.push([app, await routed(file, { ...rule.labels, app, alertname: rule.kind.name })]);
        right.push([app, expected[name]?.[severity]]);
      }
      for (const rule of rules.filter(({ kind }) => kind.signal === "deadMansSwitch")) {
        found.push([app, await routed(file, { ...rule.labels, app, alertname: rule.kind.name })]);
        right.push([app, expected[name]?.deadMansSwitch]);
      }
    }
    expect(found).toEqual(right);
    expect(found.length).toBeGreaterThan(fleet.apps.length);
  });
});

test("what no route knows is heard like a warning", async () => {
  const file = written("unknown", hotdashFleet());
  expect(await routed(file, { alertname: "Typo", severity: "criticle" })).toEqual(["warning-slack"]);
});

test("an alert of a muted app has the same receivers: its times decide when they hear", async () => {
  const fleet = hotdashFleet(stacks["with everything"]);
  const muted: Fleet = {
    ...fleet,
    alerting: {
      ...fleet.alerting,
      maintenance: [
        {
          name: "night",
          times: [{ from: "22:00", to: "24:00" }],
          timezone: "Europe/Berlin",
          reason: "backups",
        },
      ],
      exclusions: [{ app: "hotdash-chatwoot", alert: "FlyMemoryHigh", reason: "known", until: "2027-12-31" }],
    },
  };
  const file = written("muted", muted);
  await execa(amtool, ["check-config", file]);
  for (const alertname of ["FlyMemoryHigh", "FlyCpuHigh"]) {
    expect(await routed(file, { alertname, app: "hotdash-chatwoot", severity: "critical" })).toEqual(
      expected["with everything"]?.critical,
    );
  }
});

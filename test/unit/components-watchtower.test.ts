import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AlertRouting } from "../../infra/components/alert-routing";
import { AlertRules } from "../../infra/components/alert-rules";
import type { FlyMachineArgs } from "../../infra/components/fly-platform";
import { Uptime } from "../../infra/components/uptime";
import type { WatchtowerArgs } from "../../infra/components/watchtower";
import { Watchtower } from "../../infra/components/watchtower";
import { absentSecrets } from "../../infra/components/watchtower-machine";
import { Refusal } from "../../infra/model/diagnostics";
import type { MachineInputs } from "../../infra/model/fly-resources";
import { resourceTypes } from "../../infra/model/resources";
import type { SettingsInput } from "../../infra/model/settings";
import { watchtowerPartNames, watchtowerParts } from "../../infra/model/watchtower";
import { machineSchema } from "../../infra/provider/fly/machine/inputs";
import { partMachines, secretPaths } from "../../infra/render/watchtower/machines";
import { readWatchtowerSecrets } from "../../infra/watchtower-secrets";
import { hotdashFleet } from "../support/declarations";
import type { Mocks } from "../support/pulumi-mocks";
import { mockPulumi } from "../support/pulumi-mocks";

const smtp = { host: "smtp.example.com:587", from: "alerts@example.com", username: "alerts" };
const tower = { app: "tower", region: "ams", smtp };
const told = {
  slackToken: "xoxb-the-slack-token",
  flyToken: "fm2_the-fly-token",
  smtpPassword: "the-smtp-password",
  onCallWebhook: "https://calls.example.com/the-on-call-hook",
  heartbeatUrl: "https://beats.example.com/the-heartbeat",
};
const everything: Partial<SettingsInput> = {
  watchtower: tower,
  given: ["flyToken", "smtpPassword", "onCallWebhook", "heartbeatUrl"],
};

let mocks: Mocks;
beforeEach(async () => {
  vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  mocks = await mockPulumi();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const make = async (
  settings: Partial<SettingsInput> = everything,
  more: Pick<WatchtowerArgs, "transform" | "variables"> = {},
): Promise<void> => {
  const fleet = hotdashFleet(settings);
  const { watchtower } = fleet.settings;
  if (watchtower === undefined) throw new Error("a watchtower is needed");
  new Watchtower("watchtower", {
    fleet,
    watchtower,
    rules: new AlertRules("rules", { fleet }),
    routing: new AlertRouting("routing", { fleet }),
    uptime: new Uptime("uptime", { fleet }),
    apps: [],
    secrets: Object.fromEntries(Object.entries(told).map(([name, value]) => [name, pulumi.secret(value)])),
    ...more,
  });
  await mocks.settled();
};

const machines = (): Map<string, MachineInputs> =>
  new Map(
    mocks
      .ofType(resourceTypes.machine)
      .map(({ inputs }) => [inputs["name"] as string, inputs as MachineInputs]),
  );
const textsOf = ({ init, env = {} }: MachineInputs): string[] => [
  ...(init?.exec ?? []),
  ...(init?.cmd ?? []),
  ...Object.values(env),
];

describe("the watchtower", () => {
  test("is an app with a volume for what must survive, and a machine for each part", async () => {
    await make();
    expect(mocks.ofType(resourceTypes.platformApp).map(({ inputs }) => inputs)).toMatchObject([
      { name: "tower", org: "personal" },
    ]);
    expect(
      mocks
        .ofType(resourceTypes.volume)
        .map(({ inputs }) => [inputs["name"], inputs["sizeGb"], inputs["onDestroy"]]),
    ).toEqual(["metrics", "alertmanager", "journal", "gatus"].map((name) => [name, 3, "keep"]));
    const placed = machines();
    expect([...placed.keys()].sort()).toEqual([...watchtowerPartNames].sort());
    for (const part of watchtowerPartNames) {
      const { image, port, ...more } = watchtowerParts[part];
      expect(placed.get(part)).toMatchObject({
        ...{ app: "tower", region: "ams", image, processGroup: part, restart: { policy: "always" } },
        checks: { alive: { port, interval: "15s" } },
        ...("volume" in more && { mount: { volumeId: `vol_watchtower-${part}`, path: more.volume } }),
      });
    }
  });

  test("has machines that the provider takes", async () => {
    await make();
    for (const machine of machines().values()) expect(machineSchema.safeParse(machine).error).toBeUndefined();
  });

  test("finds every file that its arguments name in its machine", async () => {
    await make();
    for (const [part, machine] of machines()) {
      const named = textsOf(machine).flatMap((text) => text.match(/\/etc\/flymon\/[\w./*-]+/g) ?? []);
      expect(named.length, part).toBeGreaterThan(0);
      for (const file of named) {
        const pattern = new RegExp(`^${file.replaceAll(".", "\\.").replace("*", "[^/]+")}$`);
        expect(
          Object.keys(machine.files ?? {}).some((path) => pattern.test(path)),
          `${part}: ${file}`,
        ).toBe(true);
      }
    }
  });

  test("finds every file that its written configuration names in its machine", async () => {
    await make();
    for (const [part, { files = {} }] of machines()) {
      const written = Object.entries(files).filter(([path]) => !/\/secrets\/|\.cjs$/.test(path));
      for (const [, { content }] of written) {
        for (const file of content.match(/\/etc\/flymon\/[\w./-]+\w/g) ?? []) {
          expect(Object.keys(files), part).toContain(file);
        }
      }
    }
  });

  test("keeps each secret in one file, or in the one variable of a program that reads no file", async () => {
    await make();
    const secrets = {
      ...told,
      partsPassword: "made-watchtower-password",
      access: "$2b$10$watchtower-password",
    };
    for (const [part, machine] of machines()) {
      for (const [name, value] of Object.entries(secrets)) {
        expect(JSON.stringify({ ...machine, files: {}, env: {} })).not.toContain(value);
        const holding = Object.entries(machine.files ?? {}).filter(([, { content }]) =>
          content.includes(value),
        );
        expect(
          holding
            .map(([path]) => path)
            .filter((path) => path !== secretPaths[name as keyof typeof secretPaths]),
        ).toEqual([]);
        const variables = Object.entries(machine.env ?? {}).filter(([, text]) => text.includes(value));
        expect(variables.map(([variable]) => variable)).toEqual(
          part === "gatus" && name === "slackToken" ? ["SLACK_BOT_TOKEN"] : [],
        );
      }
    }
    expect(machines().get("alertmanager")?.files?.[secretPaths.access]?.content).toBe(
      "basic_auth_users:\n  flymon: '$2b$10$watchtower-password'\n",
    );
  });

  test("is given no secret that the stack does not hold", async () => {
    await make({ watchtower: { app: "tower", region: "ams" } });
    const { files } = machines().get("alertmanager") ?? {};
    expect(
      Object.keys(files ?? {})
        .filter((path) => path.includes("/secrets/"))
        .sort(),
    ).toEqual([secretPaths.access, secretPaths.partsPassword, secretPaths.slackToken].sort());
    expect(vi.mocked(pulumi.log.warn).mock.calls.map(([words]) => words)).toEqual([
      expect.stringContaining("No e-mail leaves"),
      expect.stringContaining("Nobody on call is called"),
      expect.stringContaining("Nobody hears when the monitoring itself dies"),
    ]);
  });

  test("gives Gatus the variables that the declarations name", async () => {
    await make(everything, { variables: { HOTDASH_SYNTHETIC_TOKEN: pulumi.secret("synthetic") } });
    expect(machines().get("gatus")?.env).toMatchObject({ HOTDASH_SYNTHETIC_TOKEN: "synthetic" });
    expect(machines().get("vmalert")?.env).not.toHaveProperty("HOTDASH_SYNTHETIC_TOKEN");
  });

  test("lets a transform reach each child", async () => {
    await make(everything, {
      transform: {
        app: { org: "hotdash" },
        volume: { snapshotRetention: 14 },
        machine: (machine: FlyMachineArgs) =>
          machine.name === "metrics" ? { ...machine, memory: "1gb" } : machine,
        password: { length: 64 },
      },
    });
    expect(mocks.ofType(resourceTypes.platformApp)[0]?.inputs["org"]).toBe("hotdash");
    expect(mocks.ofType(resourceTypes.volume).map(({ inputs }) => inputs["snapshotRetention"])).toEqual([
      14, 14, 14, 14,
    ]);
    expect([...machines()].map(([part, { memory }]) => [part, memory])).toContainEqual(["metrics", "1gb"]);
    expect([...machines()].map(([part, { memory }]) => [part, memory])).toContainEqual(["gatus", "256mb"]);
    expect(mocks.ofType("random:index/randomPassword:RandomPassword")[0]?.inputs["length"]).toBe(64);
  });
});

describe("secrets of the watchtower", () => {
  const environment = ["SLACK_BOT_TOKEN", "FLY_API_TOKEN", "FLY_ACCESS_TOKEN"];
  beforeEach(() => {
    for (const variable of environment) vi.stubEnv(variable, undefined);
  });
  const valueOf = (output: pulumi.Output<string> | undefined): Promise<string | undefined> =>
    new Promise((resolve) => {
      pulumi.output(output).apply(resolve);
    });

  test("that an apply cannot do without are asked for all at once", () => {
    try {
      readWatchtowerSecrets({ stack: "production" });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      expect((error as Refusal).message).toContain(
        "Pulumi.production.yaml  watchtower: flymon:slackToken is missing",
      );
      expect((error as Refusal).message).toContain(
        "Pulumi.production.yaml  watchtower: watchtower:flyToken is missing",
      );
      expect((error as Refusal).message).toContain("fly tokens create readonly");
    }
  });

  test("are not needed by a preview, which takes them for unchanged", async () => {
    mocks = await mockPulumi({ preview: true });
    const secrets = readWatchtowerSecrets({ stack: "production" });
    expect(secrets).toEqual({});
    const fleet = hotdashFleet({ watchtower: tower });
    const parts = partMachines(fleet, { ...fleet.settings.watchtower, ...tower } as never);
    const known = { partsPassword: pulumi.output("x"), access: pulumi.output("x") };
    expect(absentSecrets(parts.metrics, known)).toEqual(['files["/etc/flymon/secrets/fly-token"]']);
    expect(absentSecrets(parts.gatus, known)).toEqual(["env.SLACK_BOT_TOKEN"]);
    expect(absentSecrets(parts.vmalert, known)).toEqual([]);
  });

  test("come from the stack, or else from the environment, without the scheme that flyctl prints", async () => {
    vi.stubEnv("FLY_API_TOKEN", "FlyV1 fm2_from-environment");
    vi.stubEnv("SLACK_BOT_TOKEN", "xoxb-environment");
    expect(await valueOf(readWatchtowerSecrets({ stack: "test" }).flyToken)).toBe("fm2_from-environment");

    pulumi.runtime.setAllConfig({
      "flymon:flyToken": "fm2_changes",
      "flymon:slackToken": "xoxb-stack",
      "watchtower:heartbeatUrl": "https://beats.example.com/1",
    });
    const secrets = readWatchtowerSecrets({ stack: "test" });
    expect(await valueOf(secrets.flyToken)).toBe("fm2_changes");
    expect(await valueOf(secrets.slackToken)).toBe("xoxb-stack");
    expect(await valueOf(secrets.heartbeatUrl)).toBe("https://beats.example.com/1");
    expect(secrets.smtpPassword).toBeUndefined();
    pulumi.runtime.setAllConfig({ "watchtower:flyToken": "fm2_reads", "flymon:flyToken": "fm2_changes" });
    expect(await valueOf(readWatchtowerSecrets({ stack: "test" }).flyToken)).toBe("fm2_reads");
    for (const secret of Object.values(readWatchtowerSecrets({ stack: "test" }))) {
      expect(await (secret as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(true);
    }
    pulumi.runtime.setAllConfig({});
  });
});

import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { repositoryRoot } from "../../toolchain/root";
import { ensureToolchain } from "../../toolchain/setup";
import { eventually, startWorld, type World } from "../support/alertmanager-world";
import { hotdashFleet } from "../support/declarations";

// `flymon silence` and `flymon ack` as people call them, against Alertmanager itself.

let world: World;
const app = "hotdash-staging";

// A world for each try: what an earlier one has told would count.
beforeEach(async () => {
  const { engines } = await ensureToolchain({ only: ["alertmanager"] });
  world = await startWorld(engines.alertmanager, ({ slackApiUrl, smtp }) =>
    hotdashFleet({
      timeDivisor: 60,
      slackApiUrl,
      watchtower: {
        app: "tower",
        region: "iad",
        smtp: { host: smtp, from: "alerts@hotdash", requireTls: false },
      },
    }),
  );
}, 300_000);
afterEach(async () => {
  await world.close();
});

const command = path.join(repositoryRoot, "ops/bin/flymon.cjs");
const start = (...args: string[]) =>
  execa(process.execPath, [command, ...args], {
    reject: false,
    stdin: "ignore",
    env: { FLYMON_ALERTMANAGER_URL: world.url, NO_COLOR: "1" },
  });

const alert = (alertname: string) => ({
  alertname,
  app,
  process_group: "app",
  severity: "critical",
  signal: alertname,
  instance: "one",
});
const silences = async () =>
  z
    .array(
      z.object({
        id: z.string(),
        status: z.object({ state: z.string() }),
        endsAt: z.string(),
        comment: z.string(),
        matchers: z.array(z.object({ name: z.string(), value: z.string(), isEqual: z.boolean() })),
      }),
    )
    .parse(await (await fetch(`${world.url}/api/v2/silences`)).json())
    .filter(({ status }) => status.state === "active");
const of = async (comment: string) =>
  (await silences()).filter((silence) => silence.comment.includes(comment));
const secondsLeft = ({ endsAt }: { readonly endsAt: string }): number =>
  (Date.parse(endsAt) - Date.now()) / 1_000;
const subjects = (alertname: string, to?: string) =>
  world.mails
    .filter((mail) => mail.subject.includes(alertname) && (to === undefined || mail.to === `${to}@team`))
    .map(({ subject }) => subject.split(" ")[2]);

const common = ["--stack", "staging", "--app", app];

describe("flymon silence", () => {
  test("makes one silence however often it is called, lists it and ends it", async () => {
    const args = [
      "silence",
      ...common,
      "--alert",
      "FlyCpuHigh",
      "--process-group",
      "app",
      "--for",
      "15m",
      "--reason",
      "twice",
    ];
    const first = await start(...args);
    const second = await start(...args, "--json");
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    const id = first.stdout;
    expect(JSON.parse(second.stdout)).toMatchObject({ id, adopted: true, state: "active", reason: "twice" });
    expect(await of("twice")).toHaveLength(1);

    const longer = await start(...args.with(args.indexOf("15m"), "1h"), "--json");
    expect(JSON.parse(longer.stdout)).toMatchObject({ id, adopted: true });
    expect(secondsLeft((await of("twice"))[0] ?? { endsAt: "" })).toBeGreaterThan(3_500);

    const list = await start("silence", "list", "--stack", "staging");
    expect(list.stdout).toContain(id);
    expect(list.stdout).toContain(`app="${app}" alertname="FlyCpuHigh"`);
    expect((await start("silence", "end", id, "--stack", "staging")).exitCode).toBe(0);
    expect((await start("silence", "end", id, "--stack", "staging")).exitCode).toBe(0);
    expect(await of("twice")).toEqual([]);
    expect(
      await start("silence", "end", "00000000-0000-4000-8000-000000000000", "--stack", "staging"),
    ).toMatchObject({ exitCode: 2 });
  });

  test("is quiet while a deploy runs and a while longer, and passes its exit code on", async () => {
    const deploy = start(
      ...["silence", ...common, "--for", "1m", "--settle", "4s", "--reason", "deploy"],
      ...[
        "--",
        process.execPath,
        "-e",
        "setTimeout(() => { console.log('deployed'); process.exit(42); }, 4000)",
      ],
    );
    await eventually("the silence", async () => ((await of("deploy")).length > 0 ? true : undefined));
    await world.fire(alert("DuringDeploy"));
    const { exitCode, stdout, stderr } = await deploy;
    expect([exitCode, stdout]).toEqual([42, "deployed"]);
    expect(stderr).toMatch(/^Silence [-\w]+: app="hotdash-staging", while the command runs\.$/m);
    const [settling] = await of("deploy");
    expect(settling && secondsLeft(settling)).toBeLessThan(4.5);
    expect(subjects("DuringDeploy")).toEqual([]);
    // What still fires when the app has settled is heard.
    await eventually("the mail", () => subjects("DuringDeploy")[0]);
    expect(await of("deploy")).toEqual([]);
    world.recover(alert("DuringDeploy"));
  });

  test("leaves a silence that ends by itself where it is killed, and takes it up again", async () => {
    const args = ["silence", ...common, "--for", "1m", "--settle", "0s", "--reason", "killed", "--"];
    const killed = start(...args, process.execPath, "-e", "setTimeout(() => {}, 3000)");
    const [left] = await eventually("the silence", async () => {
      const found = await of("killed");
      return found.length > 0 ? found : undefined;
    });
    killed.kill("SIGKILL");
    await killed;
    expect(left && secondsLeft(left)).toBeLessThanOrEqual(60);
    const again = await start(...args, process.execPath, "-e", "0");
    expect([again.exitCode, again.stderr.includes(left?.id ?? "?")]).toEqual([0, true]);
    expect(await of("killed")).toEqual([]);
  });

  test("runs nothing where Alertmanager is away, and shows no stack", async () => {
    const { exitCode, stdout, stderr } = await start(
      ...["silence", ...common, "--for", "1m", "--reason", "x", "--alertmanager", "http://127.0.0.1:65433"],
      ...["--", process.execPath, "-e", "console.log('ran')"],
    );
    expect([exitCode, stdout]).toEqual([5, ""]);
    expect(stderr).toMatch(
      /^Alertmanager \(127\.0\.0\.1:65433\): .+ is not reachable \(ECONNREFUSED\)\.\n {4}mend: /,
    );
    expect(stderr).not.toContain("    at ");
  });
});

describe("flymon ack", () => {
  test("stops the ladder until the incident recovers, which is told; the next one is heard", async () => {
    await world.fire(alert("FlyMemoryHigh"));
    await eventually("the first mail", () => subjects("FlyMemoryHigh", "reliability")[0]);
    const acknowledged = start("ack", ...common, "--alert", "FlyMemoryHigh", "--by", "ada");
    await eventually("the silence", async () => (await of("Acknowledged by ada"))[0]);
    await pause(7_000);
    expect(subjects("FlyMemoryHigh", "engineer")).toEqual([]);

    world.recover(alert("FlyMemoryHigh"));
    const { exitCode, stdout, stderr } = await acknowledged;
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^[-0-9a-f]{36}$/)]);
    expect(stderr).toContain("It has recovered");
    await eventually("the recovery", () => subjects("FlyMemoryHigh", "reliability")[1]);
    expect(await of("Acknowledged by ada")).toEqual([]);

    await pause(2_500);
    await world.fire(alert("FlyMemoryHigh"));
    await eventually("the next incident", () => subjects("FlyMemoryHigh", "reliability")[2]);
    expect(subjects("FlyMemoryHigh")).toEqual(["FAILING", "RECOVERED", "FAILING"]);
    world.recover(alert("FlyMemoryHigh"));
  });

  test("leaves at once where it is told to, and refuses what does not fire", async () => {
    await world.fire(alert("FlyErrorRateHigh"));
    const { exitCode, stdout } = await start(
      "ack",
      ...common,
      "--alert",
      "FlyErrorRateHigh",
      "--detach",
      "--json",
      "--by",
      "ada",
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ by: "ada", reason: "Acknowledged by ada", alerts: [{ app }] });
    const nothing = await start("ack", ...common, "--alert", "FlyLatencyHigh");
    expect(nothing).toMatchObject({ exitCode: 3, stdout: "" });
    expect(nothing.stderr).toContain("there is nothing to acknowledge");
    world.recover(alert("FlyErrorRateHigh"));
  });
});

import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchSandbox, type LaunchedSandbox } from "../../sandbox/launch";
import { clearAfterKilledRuns } from "../../ops/pulumi/killed-runs";
import { anew } from "../support/anew";
import { programOf, projectOf, type DeclaredResource } from "../support/declared-program";
import { withStack, type InlineProgram } from "../support/engine";
import { processesAround } from "../support/checkout";

// The real CLI, the real provider, and machines that are processes: what `up` does to an app while people use it.

let sandbox: LaunchedSandbox;
beforeAll(async () => {
  sandbox = await launchSandbox(["--fly", "on", "--apps", "hotdash-agent-service"]);
});
afterAll(() => sandbox.stop());

interface Settings {
  readonly path?: string;
  readonly minimum?: number;
  readonly autostop?: "off" | "stop";
  readonly memory?: number;
  readonly count?: number;
  readonly waitTimeout?: string;
}

/** The MachineSettings of an app, as a program declares them. */
const inputs = (app: string, settings: Settings): DeclaredResource["inputs"] => ({
  app,
  primaryRegion: "ord",
  waitTimeout: settings.waitTimeout ?? "1m",
  processGroups: {
    app: {
      checks: {},
      services: [
        {
          internal_port: 3000,
          autostop: settings.autostop ?? "off",
          autostart: true,
          min_machines_running: settings.minimum ?? 1,
          checks: [
            {
              type: "http",
              path: settings.path ?? "/health",
              interval: "10s",
              timeout: "2s",
              grace_period: "5s",
            },
          ],
        },
      ],
      guest: { cpu_kind: "shared", cpus: 1, memory_mb: settings.memory ?? 256 },
      ...(settings.count !== undefined && { count: settings.count }),
    },
  },
});

const declared = (app: string, settings: Settings): readonly DeclaredResource[] => [
  { type: "flymon:fly:MachineSettings", name: "shop", inputs: inputs(app, settings) },
];
const program = (app: string, settings: Settings): string => programOf(declared(app, settings));
const project = (app: string, settings: Settings): InlineProgram => projectOf(declared(app, settings));

const onFly = (): Parameters<typeof withStack>[2] => ({
  secrets: { "flymon:flyToken": sandbox.announcement.fly?.token ?? "" },
  config: { "flymon:flyApiUrl": sandbox.announcement.fly?.apiUrl ?? "" },
});

/** An app as a deploy leaves it, in line with `inputs(app, {})`. */
const deploy = async (app: string, count: number, service: object = {}): Promise<string> => {
  const made = await sandbox.client.fly.makeApp({
    name: app,
    machines: [
      {
        name: `${app}-web`,
        count,
        config: {
          // As Fly hands a config back, so that what is sent back is the same.
          init: {},
          image: "registry.fly.io/flymon/echo:deployment-1",
          env: { PRIMARY_REGION: "ord", KEPT: "as it is" },
          guest: { cpu_kind: "shared", cpus: 1, memory_mb: 256 },
          metadata: { fly_process_group: "app", fly_platform_version: "v2" },
          stop_config: { signal: "SIGTERM", timeout: "5s" },
          services: [
            {
              protocol: "tcp",
              internal_port: 3000,
              autostop: false,
              autostart: true,
              min_machines_running: 1,
              ports: [{ port: 80, handlers: ["http"] }],
              checks: [
                {
                  type: "http",
                  method: "GET",
                  path: "/health",
                  interval: "10s",
                  timeout: "2s",
                  grace_period: "5s",
                },
              ],
              ...service,
            },
          ],
        },
      },
    ],
  });
  await expect
    .poll(
      async () =>
        (await machinesOf(app)).every(({ checks }) => checks.every(({ status }) => status === "passing")),
      {
        timeout: 20_000,
      },
    )
    .toBe(true);
  return made.url ?? "";
};

type Machine = Awaited<ReturnType<typeof sandbox.client.fly.machine>>;

/** The app's machines, looked at past the API, whose rate limit is the provider's to use. */
const machinesOf = async (app: string): Promise<readonly Machine[]> => {
  const { apps } = await sandbox.client.fly.state();
  const machines = apps.find(({ name }) => name === app)?.machines ?? [];
  return Promise.all(machines.map(({ id }) => sandbox.client.fly.machine(id)));
};

const servicesOf = async (app: string) => (await machinesOf(app)).map(({ config }) => config.services?.[0]);

/** Asks steadily, at most five at once and for two minutes, until it is stopped; then says what failed. */
const startLoad = (url: string): { stop(): Promise<{ asked: number; failed: string[] }> } => {
  const failed: string[] = [];
  let asked = 0;
  let isOver = false;
  const ask = async (): Promise<void> => {
    for (let turn = 0; !isOver && turn < 2_400; turn += 1) {
      asked += 1;
      try {
        const response = await fetch(`${url}/`, { signal: AbortSignal.timeout(15_000) });
        await response.text();
        if (!response.ok) failed.push(String(response.status));
      } catch (error) {
        failed.push(String(error));
      }
      await pause(50);
    }
  };
  const askers = Array.from({ length: 5 }, ask);
  return {
    stop: async () => {
      isOver = true;
      await Promise.all(askers);
      return { asked, failed };
    },
  };
};

/** The least number of an app's machines that the proxy could send to since `since`. */
const leastServing = async (app: string, since: number): Promise<number> => {
  const moments = (await sandbox.client.fly.timeline(app)).filter(({ at }) => at >= since);
  return Math.min(...moments.map(({ serving }) => serving));
};

test("up changes the settings of two machines without a failed request; the second preview is empty", async () => {
  const app = anew("shop-steady");
  const url = await deploy(app, 2);
  await withStack(
    project(app, {}),
    async (stack) => {
      // All in line: nothing is sent but a look.
      await sandbox.client.fly.forgetCalls();
      expect((await stack.up()).exitCode).toBe(0);
      expect(new Set((await sandbox.client.fly.calls()).map(({ action }) => action))).toEqual(
        new Set(["machines.list"]),
      );

      const before = await machinesOf(app);
      stack.rewrite(program(app, { minimum: 0, memory: 512 }));
      const preview = await stack.preview("--diff");
      expect(preview.output).toMatch(/min_machines_running\s*: 1 => 0/);
      expect(preview.output).toContain("would be updated and rebooted");

      const load = startLoad(url);
      await pause(500);
      const since = Date.now();
      const up = await stack.up();
      await pause(500);
      const { asked, failed } = await load.stop();
      expect([up.exitCode, failed]).toEqual([0, []]);
      expect(asked).toBeGreaterThan(50);
      expect(await leastServing(app, since)).toBe(1);

      const after = await machinesOf(app);
      expect(after.map(({ config }) => config)).toEqual(
        before.map(({ config }) => ({
          ...config,
          guest: { cpu_kind: "shared", cpus: 1, memory_mb: 512 },
          services: [{ ...config.services?.[0], min_machines_running: 0 }],
        })),
      );
      expect((await stack.preview("--expect-no-changes")).exitCode).toBe(0);
      expect((await stack.export()).text).not.toContain(sandbox.announcement.fly?.token ?? "?");
      expect((await sandbox.client.fly.calls()).filter(({ status }) => status === 429)).toEqual([]);
      expect(
        (await sandbox.client.fly.state()).apps.flatMap(({ machines }) =>
          machines.filter(({ leasedBy }) => leasedBy),
        ),
      ).toEqual([]);
    },
    onFly(),
  );
});

test("a bad check path stops after the first machine, restores it and exits non-zero", async () => {
  const app = anew("shop-bad-path");
  const url = await deploy(app, 2);
  await withStack(
    project(app, {}),
    async (stack) => {
      expect((await stack.up()).exitCode).toBe(0);
      const before = await machinesOf(app);
      stack.rewrite(program(app, { path: "/nowhere", waitTimeout: "8s" }));
      const since = Date.now();
      const load = startLoad(url);
      const up = await stack.up();
      const { failed } = await load.stop();
      expect(up.exitCode).not.toBe(0);
      expect(up.output).toMatch(new RegExp(`updating the machine \\w+ of ${app} \\(app\\)`));
      expect(up.output).toMatch(/servicecheck-00-http-3000 \(critical: .*\/nowhere: 404/);
      expect(up.output).toContain("It has its former settings again");
      expect(failed).toEqual([]);
      expect(await leastServing(app, since)).toBe(1);

      const after = await machinesOf(app);
      expect(after.map(({ config }) => config)).toEqual(before.map(({ config }) => config));
      // One machine was tried and given back, the other never touched.
      expect(after.filter(({ instanceId }, index) => instanceId !== before[index]?.instanceId)).toHaveLength(
        1,
      );

      stack.rewrite(program(app, { path: "/status/200" }));
      expect((await stack.up()).exitCode).toBe(0);
      expect((await servicesOf(app)).map((service) => service?.checks?.[0]?.path)).toEqual([
        "/status/200",
        "/status/200",
      ]);
    },
    onFly(),
  );
});

test("a change by hand shows in refresh, value by value, and up puts it back", async () => {
  const app = anew("shop-by-hand");
  await deploy(app, 2);
  await withStack(
    project(app, {}),
    async (stack) => {
      expect((await stack.up()).exitCode).toBe(0);
      const [machine] = await machinesOf(app);
      const [service] = machine?.config.services ?? [];
      await sandbox.client.fly.changeByHand(machine?.id ?? "", {
        services: [{ ...service, min_machines_running: 0 }],
        guest: { memory_mb: 512 },
      });
      const refresh = await stack.refresh("--diff");
      expect(refresh.output).toContain(
        `app: services[0].min_machines_running 1 -> 0 on ${machine?.id}, changed outside`,
      );
      expect(refresh.output).toContain(`app: guest.memory_mb 256 -> 512 on ${machine?.id}, changed outside`);
      expect(refresh.output).toMatch(/min_machines_running\s*: 1 => 0/);
      const drifted = await stack.export();
      expect((await stack.refresh()).exitCode).toBe(0);
      const inState = ({ resources }: typeof drifted) =>
        resources.find(({ type }) => type.endsWith("MachineSettings"))?.outputs;
      expect(inState(await stack.export())).toEqual(inState(drifted));
      expect((await stack.preview("--diff")).output).toMatch(/min_machines_running\s*: 0 => 1/);
      expect((await stack.up()).exitCode).toBe(0);
      expect((await servicesOf(app)).map((found) => found?.min_machines_running)).toEqual([1, 1]);
      expect((await stack.preview("--expect-no-changes")).exitCode).toBe(0);

      const destroy = await stack.destroy();
      expect([destroy.exitCode, await machinesOf(app)]).toMatchObject([
        0,
        [{ state: "started" }, { state: "started" }],
      ]);
      expect(destroy.output).toContain("keep their settings");
    },
    onFly(),
  );
});

test("minimum, maximum and auto-stop do what they say: a machine is added, an idle one stops, a request starts it", async () => {
  const app = anew("shop-sleepy");
  const url = await deploy(app, 1);
  await withStack(
    project(app, {}),
    async (stack) => {
      expect((await stack.up()).exitCode).toBe(0);
      stack.rewrite(program(app, { minimum: 0, autostop: "stop", count: 2 }));
      expect((await stack.up()).exitCode).toBe(0);
      expect((await machinesOf(app)).map(({ config }) => config.env)).toEqual([
        { PRIMARY_REGION: "ord", KEPT: "as it is" },
        { PRIMARY_REGION: "ord", KEPT: "as it is" },
      ]);
      const states = async () => (await machinesOf(app)).map(({ state }) => state);
      // One a pass, as Fly does it; the first passes only see that nobody has asked.
      for (let turn = 0; turn < 4; turn += 1) {
        await sandbox.client.fly.pass();
        await pause(300);
      }
      await expect.poll(states, { timeout: 20_000 }).toEqual(["stopped", "stopped"]);
      // At rest they are set without being started.
      stack.rewrite(program(app, { minimum: 0, autostop: "stop", count: 2, memory: 512 }));
      expect((await stack.up()).exitCode).toBe(0);
      expect(await states()).toEqual(["stopped", "stopped"]);
      expect((await machinesOf(app)).map(({ config }) => config.guest)).toMatchObject([
        { memory_mb: 512 },
        { memory_mb: 512 },
      ]);

      expect((await fetch(`${url}/`)).status).toBe(200);
      expect(await states()).toContain("started");
    },
    onFly(),
  );
});

const kills = 4;

test(`kill -9 of up at ${kills} random moments: never two machines out of service, and the next up brings all in line`, async () => {
  const app = anew("shop-mortal");
  await deploy(app, 3);
  const leasesTaken = async (): Promise<number> =>
    (await sandbox.client.fly.calls()).filter((made) => made.app === app && made.action === "leases.take")
      .length;
  await withStack(
    project(app, {}),
    async (stack) => {
      expect((await stack.up()).exitCode).toBe(0);
      const since = Date.now();
      for (let turn = 0; turn < kills; turn += 1) {
        const minimum = turn % 2;
        stack.rewrite(program(app, { minimum }));
        const before = await leasesTaken();
        const { process, finished } = stack.start("up");
        await expect.poll(leasesTaken, { timeout: 30_000, interval: 25 }).toBeGreaterThan(before);
        await pause(Math.random() * 1_500);
        process.kill("SIGKILL");
        await finished;
        await expect.poll(() => processesAround(stack.scratch), { timeout: 15_000 }).toEqual([]);
        clearAfterKilledRuns(stack.env["PULUMI_BACKEND_URL"], "engine-test", stack.name);

        const again = await stack.up();
        expect([again.exitCode, again.exitCode === 0 ? "" : again.output]).toEqual([0, ""]);
        const minimums = (await servicesOf(app)).map((service) => service?.min_machines_running ?? 0);
        expect(minimums).toEqual([minimum, minimum, minimum]);
      }
      expect(await leastServing(app, since)).toBe(2);
      expect((await stack.preview("--expect-no-changes")).exitCode).toBe(0);
    },
    onFly(),
  );
}, 400_000);

import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { programOf, projectOf, type DeclaredResource } from "../support/declared-program";
import { withStack } from "../support/engine";
import { echo, healthCheck, startTestFly, web, type TestFly } from "../support/fly-sandbox";

// Machine settings under the real CLI: what a user sees of them over their whole life.

let sandbox: TestFly;
beforeAll(async () => {
  sandbox = await startTestFly();
});
afterEach(() => sandbox.clear());
afterAll(() => sandbox.fly.stop());

const settings = (app: string, minimum = 1) => ({
  app,
  waitTimeout: "5m",
  processGroups: {
    app: {
      services: [{ internal_port: 3000, min_machines_running: minimum, checks: [healthCheck] }],
    },
  },
});

const settingsOf = (inputs: DeclaredResource["inputs"], id?: string): readonly DeclaredResource[] => [
  { type: "flymon:fly:MachineSettings", name: "shop", inputs, ...(id !== undefined && { import: id }) },
];
const onFly = (token = sandbox.fly.announcement.token): Parameters<typeof withStack>[2] => ({
  secrets: { "flymon:flyToken": token },
  config: { "flymon:flyApiUrl": sandbox.fly.announcement.apiUrl },
});
const deploy = (app: string) =>
  sandbox.machine(
    app,
    echo({
      metadata: { fly_process_group: "app" },
      services: [web({ autostart: true, min_machines_running: 1, checks: [healthCheck] })],
    }),
  );

it("is imported by the app's name with an empty difference, changed in place, and left alone by destroy", async () => {
  const machine = await deploy("imported");
  await withStack(
    projectOf(settingsOf(settings("imported"), "imported")),
    async (stack) => {
      expect(await stack.up()).toMatchObject({ exitCode: 0, changes: { import: 1 } });
      expect((await sandbox.get("imported", machine.id)).instance_id).toBe(machine.instance_id);
      stack.rewrite(programOf(settingsOf(settings("imported"))));
      expect((await stack.preview("--expect-no-changes")).exitCode).toBe(0);

      stack.rewrite(programOf(settingsOf(settings("imported", 0))));
      const preview = await stack.preview("--diff");
      expect(preview.output).toMatch(/min_machines_running\s*: 1 => 0/);
      expect(preview.output).toContain(`${machine.id} would be updated and rebooted`);
      expect(await stack.up()).toMatchObject({ exitCode: 0, changes: { update: 1 } });
      expect((await stack.preview("--expect-no-changes")).exitCode).toBe(0);
      expect((await stack.export()).text).not.toContain(sandbox.fly.announcement.token);

      const destroy = await stack.destroy();
      expect(destroy.output).toContain("The machines of imported keep their settings");
      expect((await sandbox.get("imported", machine.id)).config).toMatchObject({
        services: [{ autostart: true }],
      });
    },
    onFly(),
  );
});

it("refuses a wrong declaration, an app without machines and a token that may only read, each with its mend", async () => {
  await deploy("guarded");
  await sandbox.call("POST", "/apps", { app_name: "empty", org_slug: "hotdash" });
  await withStack(
    projectOf(settingsOf(settings("empty"))),
    async (stack) => {
      const empty = await stack.up();
      expect(empty.exitCode).not.toBe(0);
      expect(empty.output).toContain("Deploy the app first: `fly deploy -a empty`");
      expect(empty.output).not.toMatch(/\n\s+at /);

      stack.rewrite(
        programOf(
          settingsOf({
            ...settings("empty"),
            processGroups: { app: { count: 0, restart: { policy: "never" } } },
          }),
        ),
      );
      const wrong = await stack.preview();
      expect(wrong.output).toContain("processGroups.app.count");
      expect(wrong.output).toContain('must be "no", "on-failure" or "always"');

      stack.rewrite(programOf(settingsOf(settings("guarded", 0))));
      const readOnly = await stack.up();
      expect(readOnly.exitCode).not.toBe(0);
      expect(readOnly.output).toMatch(/answered 403 .*fly-request-id .*flymon:flyToken/);
    },
    onFly(sandbox.fly.announcement.readOnlyToken),
  );
});

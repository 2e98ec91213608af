import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clearAfterKilledRuns } from "../../ops/pulumi/killed-runs";
import { programOf, projectOf, type DeclaredResource } from "../support/declared-program";
import { withStack, type TestStack } from "../support/engine";
import { startFakeSlack, type FakeSlack } from "../support/provider-fake-slack";

// The provider under the real CLI: what a user sees of files and channels over their whole life.

let slack: FakeSlack;
beforeAll(async () => {
  slack = await startFakeSlack();
});
afterAll(() => slack.close());
beforeEach(() => {
  slack.channels.length = 0;
  slack.calls.length = 0;
});

const file = (interval = "15s", name = "chatwoot"): DeclaredResource => ({
  type: "flymon:fly:FlyToml",
  name,
  inputs: {
    path: `generated/test/fly/${name}.toml`,
    header: "From infra/fleet/chatwoot.ts",
    settings: { app: name, http_service: { internal_port: 3000, checks: [{ interval, path: "/health" }] } },
  },
});
const channel = (name: string, inputs: DeclaredResource["inputs"] = {}): DeclaredResource => ({
  type: "flymon:slack:Channel",
  name,
  inputs: { name, ...inputs },
});

const inSlack = (): Parameters<typeof withStack>[2] => ({
  secrets: { "flymon:slackToken": slack.token },
  config: { "flymon:slackApiUrl": slack.url },
});

const text = (stack: TestStack, name = "chatwoot"): string =>
  path.join(stack.projectFolder, `generated/test/fly/${name}.toml`);

describe("flymon:fly:FlyToml", () => {
  it("is written, shows each changed property, is put back after edit and removal, and leaves nothing", async () => {
    await withStack(projectOf([file()]), async (stack) => {
      expect(await stack.up()).toMatchObject({ exitCode: 0, changes: { create: 2 } });
      const written = await readFile(text(stack), "utf8");
      expect(await stack.preview("--expect-no-changes")).toMatchObject({ exitCode: 0 });
      expect((await stack.export()).text).not.toContain(stack.projectFolder);

      stack.rewrite(programOf([file("20s")]));
      const changed = await stack.preview("--diff");
      expect(changed.output).toContain('interval: "15s" => "20s"');
      expect(changed.output).not.toContain("internal_port");
      stack.rewrite(programOf([file()]));

      await writeFile(text(stack), written.replace("15s", "45s"));
      expect((await stack.refresh("--diff")).output).toContain('interval: "15s" => "45s"');
      expect((await stack.up("--diff")).output).toContain('interval: "45s" => "15s"');
      expect(await readFile(text(stack), "utf8")).toBe(written);

      await rm(text(stack));
      expect((await stack.refresh()).changes).toMatchObject({ delete: 1 });
      expect((await stack.up()).changes).toMatchObject({ create: 1 });
      expect(await readFile(text(stack), "utf8")).toBe(written);

      expect((await stack.destroy()).exitCode).toBe(0);
      expect(existsSync(path.join(stack.projectFolder, "generated"))).toBe(false);
    });
  }, 120_000);

  it("refuses wrong inputs by property, all at once, without a stack trace", async () => {
    const wrong = { ...file(), inputs: { path: "generated/", header: 3, settings: {}, extra: 1 } };
    await withStack(projectOf([wrong]), async (stack) => {
      const { exitCode, output } = await stack.preview();
      expect(exitCode).not.toBe(0);
      expect(output).toContain(
        "property path value {generated/} has a problem: must name a file, not a folder",
      );
      expect(output).toContain("property header value {3} has a problem");
      expect(output).toContain("flymon:fly:FlyToml has no such property; it has path, header, settings");
      expect(output).not.toMatch(/^\s+at /m);
    });
  }, 60_000);
});

describe("flymon:slack:Channel", () => {
  it("needs no token in a preview; an apply says which to set and how", async () => {
    await withStack(projectOf([channel("incidents")]), async (stack) => {
      expect(await stack.preview()).toMatchObject({ exitCode: 0, changes: { create: 2 } });
      const { exitCode, output } = await stack.up();
      expect(exitCode).not.toBe(0);
      expect(output).toContain("`pulumi config set --secret flymon:slackToken xoxb-...`");
      expect(output).not.toMatch(/^\s+at /m);
    });
  }, 60_000);

  it("is made, shows drift, changes in place, is archived; the token is nowhere in state or output", async () => {
    const declared = channel("incidents", { topic: "SEV-1" });
    await withStack(
      projectOf([declared]),
      async (stack) => {
        const up = await stack.up();
        expect(up).toMatchObject({ exitCode: 0, changes: { create: 2 } });
        expect(slack.channels).toMatchObject([{ name: "incidents", topic: { value: "SEV-1" } }]);
        expect(await stack.preview("--expect-no-changes")).toMatchObject({ exitCode: 0 });
        const { text: state, resources } = await stack.export();
        expect(resources.find(({ type }) => type === declared.type)).toMatchObject({
          id: slack.channels[0]?.id,
          outputs: { adopted: false, channelId: slack.channels[0]?.id, topic: "SEV-1" },
        });
        expect(state + up.output).not.toContain(slack.token);

        Object.assign(slack.channels[0] ?? {}, { topic: { value: "lunch" } });
        expect((await stack.refresh("--diff")).output).toContain('topic: "SEV-1" => "lunch"');
        stack.rewrite(programOf([{ ...declared, inputs: { name: "outages", topic: "SEV-1" } }]));
        const renamed = await stack.up("--diff");
        expect(renamed.output).toContain('name : "incidents" => "outages"');
        expect(renamed.output).toContain('topic: "lunch" => "SEV-1"');
        expect(slack.channels).toMatchObject([{ name: "outages", topic: { value: "SEV-1" } }]);

        expect((await stack.destroy()).exitCode).toBe(0);
        expect(slack.channels).toMatchObject([{ name: "outages", is_archived: true }]);
      },
      inSlack(),
    );
  }, 120_000);

  it("keeps a partly made channel, and the next up finishes it", async () => {
    const refusal = {
      ok: false,
      error: "missing_scope",
      needed: "channels:write.topic",
      provided: "chat:write",
    };
    slack.fail("conversations.setTopic", { kind: "answer", body: refusal });
    await withStack(
      projectOf([channel("incidents", { topic: "SEV-1" })]),
      async (stack) => {
        const failed = await stack.up();
        expect(failed.exitCode).not.toBe(0);
        expect(failed.output).toContain("needed: channels:write.topic");
        expect(await stack.up()).toMatchObject({ exitCode: 0, changes: { update: 1 } });
        expect(slack.channels).toMatchObject([{ name: "incidents", topic: { value: "SEV-1" } }]);
        expect(await stack.preview("--expect-no-changes")).toMatchObject({ exitCode: 0 });
      },
      inSlack(),
    );
  }, 120_000);

  it("converges after a kill -9 in the middle of its creation, with one channel", async () => {
    slack.fail("conversations.create", { kind: "slow", ms: 1_500 });
    await withStack(
      projectOf([channel("incidents"), file()]),
      async (stack) => {
        const { process, finished } = stack.start("up");
        await expect.poll(() => slack.calls, { timeout: 30_000 }).toContain("conversations.create");
        process.kill("SIGKILL");
        await finished;
        await expect.poll(() => slack.channels.length, { timeout: 5_000 }).toBe(1);
        clearAfterKilledRuns(stack.env["PULUMI_BACKEND_URL"], "engine-test", stack.name);

        expect(await stack.up()).toMatchObject({ exitCode: 0 });
        expect(slack.channels).toMatchObject([{ name: "incidents" }]);
        expect(existsSync(text(stack))).toBe(true);
        expect(await stack.preview("--expect-no-changes")).toMatchObject({ exitCode: 0 });
        const { resources } = await stack.export();
        expect(resources.filter(({ type }) => type === "flymon:slack:Channel")).toHaveLength(1);
      },
      inSlack(),
    );
  }, 120_000);

  it("goes on after a kill -9 in the moment in which the state is written", async () => {
    await withStack(
      projectOf([channel("incidents")]),
      async (stack) => {
        expect(await stack.up()).toMatchObject({ exitCode: 0 });
        const state = path.join(stack.scratch, "state", ".pulumi", "stacks", "engine-test");
        await writeFile(path.join(state, `${stack.name}.json.attrs`), "");
        // What the CLI makes of it by itself.
        const refused = await stack.preview();
        expect(refused.output).toContain("failed to load checkpoint: EOF");
        clearAfterKilledRuns(stack.env["PULUMI_BACKEND_URL"], "engine-test", stack.name);
        expect(await stack.preview("--expect-no-changes")).toMatchObject({ exitCode: 0 });
      },
      inSlack(),
    );
  }, 120_000);

  it("is imported by its name, without a change afterwards", async () => {
    const existing = slack.add({ name: "incidents", topic: { value: "SEV-1" }, is_member: true });
    const program = `
const pulumi = require("@pulumi/pulumi");
new (class extends pulumi.CustomResource {})("flymon:slack:Channel", "incidents",
  { name: "incidents", topic: "SEV-1", isPrivate: false, onDestroy: "archive" }, { import: process.env.IMPORT });
`;
    await withStack(
      { ...projectOf([]), program },
      async (stack) => {
        expect(await stack.up()).toMatchObject({ exitCode: 0, changes: { import: 1 } });
        const { resources } = await stack.export();
        expect(resources.find(({ type }) => type === "flymon:slack:Channel")?.id).toBe(existing.id);
        delete stack.env["IMPORT"];
        expect(await stack.preview("--expect-no-changes")).toMatchObject({ exitCode: 0 });
      },
      { ...inSlack(), env: { IMPORT: "#incidents" } },
    );
  }, 120_000);
});

import { Server, ServerCredentials, status, type ServiceError } from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configurationKeys } from "../../infra/provider/configuration";
import { decode, encode, unknown, type Properties } from "../../infra/provider/properties";
import { slackAnswer, startFakeSlack, type FakeSlack } from "../support/provider-fake-slack";
import { startProvider, type ProviderProcess } from "../support/provider-process";

let project: string;
let provider: ProviderProcess;
let slack: FakeSlack;

beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), "flymon-provider-"));
  await writeFile(path.join(project, "Pulumi.yaml"), "name: trial\nruntime: nodejs\n");
  slack = await startFakeSlack();
  provider = await startProvider(project);
});
afterEach(async () => {
  await provider.close();
  await slack.close();
  await rm(project, { recursive: true, force: true });
});

const refused = async (attempt: Promise<unknown>): Promise<ServiceError> => {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return error as ServiceError;
};
const configureSlack = (): Promise<void> =>
  provider.configure({ slackToken: slack.token, slackApiUrl: slack.url });
const checked = async (type: string, inputs: Properties, secrets: string[] = []) => {
  const request = new proto.CheckRequest();
  request.setUrn(`urn:pulumi:dev::trial::flymon:fly:FlyApp$${type}::x`);
  request.setNews(encode(inputs, new Set(secrets)));
  const response = await provider.call<proto.CheckResponse>((client, done) => client.check(request, done));
  return {
    inputs: decode(response.getInputs()).values,
    failures: response.getFailuresList().map((failure) => failure.toObject()),
  };
};

describe("the server", () => {
  it("takes secrets and previews, and tells its version", async () => {
    const { call } = provider;
    const handshake = await call<proto.ProviderHandshakeResponse>((client, done) =>
      client.handshake(new proto.ProviderHandshakeRequest(), done),
    );
    expect(handshake.getAcceptSecrets()).toBe(true);
    const configured = await call<proto.ConfigureResponse>((client, done) =>
      client.configure(new proto.ConfigureRequest(), done),
    );
    expect(configured.toObject()).toMatchObject({ acceptsecrets: true, supportspreview: true });
    const info = await call<PluginInfo>((client, done) => client.getPluginInfo(new Empty(), done));
    expect(info.getVersion()).toMatch(/^\d+\.\d+\.\d+$/);
    const schema = await call<proto.GetSchemaResponse>((client, done) =>
      client.getSchema(new proto.GetSchemaRequest(), done),
    );
    expect(JSON.parse(schema.getSchema())).toMatchObject({
      name: "flymon",
      resources: {
        "flymon:slack:Channel": {
          requiredInputs: ["name"],
          properties: { channelId: { type: "string" }, adopted: { type: "boolean" } },
        },
        "flymon:fly:FlyToml": {
          requiredInputs: ["path", "settings"],
          inputProperties: {
            settings: { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } },
          },
        },
        "flymon:gatus:Config": {},
      },
    });
  });

  it("names the configuration keys that are wrong", async () => {
    const request = new proto.CheckRequest();
    request.setNews(encode({ slackToken: "a b", slackUrl: "x" }, new Set(["slackToken"])));
    const { call } = provider;
    const response = await call<proto.CheckResponse>((client, done) => client.checkConfig(request, done));
    expect(response.getFailuresList().map((failure) => failure.toObject())).toEqual([
      { property: "slackToken", reason: "must be a token without spaces or line breaks" },
      {
        property: "slackUrl",
        reason: `the provider flymon has no such property; it has ${Object.keys(configurationKeys).join(", ")}`,
      },
    ]);
  });

  it("checks all properties at once, fills in defaults and keeps paths relative", async () => {
    expect(
      (
        await checked("flymon:slack:Channel", {
          name: "Incidents!",
          topic: "x".repeat(251),
          onDestroy: "delete",
        })
      ).failures,
    ).toEqual([
      { property: "name", reason: 'must consist of a-z, 0-9, "-" and "_" only, without "#"' },
      { property: "topic", reason: "must have at most 250 characters" },
      { property: "onDestroy", reason: 'must be "archive" or "keep"' },
    ]);
    expect((await checked("flymon:slack:Channel", { name: "incidents" })).inputs).toEqual({
      name: "incidents",
      isPrivate: false,
      onDestroy: "archive",
    });
    const absolute = path.join(project, "generated/a.toml");
    expect((await checked("flymon:fly:FlyToml", { path: absolute, settings: {} })).inputs["path"]).toBe(
      "generated/a.toml",
    );
  });

  it("refuses a secret that would be written into a file", async () => {
    const settings = { alerting: { slack: { url: "https://x" } } };
    const { failures } = await checked("flymon:fly:FlyToml", { path: "a.toml", settings }, [
      "settings.alerting.slack.url",
    ]);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.property).toBe("settings.alerting.slack.url");
    expect(failures[0]?.reason).toContain("name an environment variable");
  });

  it("previews without a token: what is not known yet is unknown", async () => {
    const channel = await provider.create("flymon:slack:Channel", { name: "incidents" }, true);
    expect(channel.values).toEqual({
      name: "incidents",
      channelId: unknown,
      adopted: unknown,
      isArchived: false,
    });
    const file = await provider.create(
      "flymon:fly:FlyToml",
      { path: "a.toml", header: "", settings: { app: unknown } },
      true,
    );
    expect(file.values["contentHash"]).toBe(unknown);
  });

  it("answers an unknown type, a function and a configuration without a token with clear messages", async () => {
    expect((await refused(provider.create("flymon:slack:Chanel", {}))).details).toContain(
      "there is none of that name. Use one of flymon:fly:FlyToml",
    );
    const { call } = provider;
    const invoke = await refused(
      call<proto.InvokeResponse>((client, done) => client.invoke(new proto.InvokeRequest(), done)),
    );
    expect(invoke).toMatchObject({
      code: status.UNIMPLEMENTED,
      details: "flymon has no functions to invoke; it has resources only",
    });
    expect((await refused(provider.create("flymon:slack:Channel", { name: "a" }))).details).toContain(
      "flymon:slackToken",
    );
  });

  it("sends the state of a partly made channel along with the error", async () => {
    await configureSlack();
    slack.fail("conversations.setTopic", slackAnswer("too_long"));
    const error = await refused(
      provider.create("flymon:slack:Channel", {
        name: "incidents",
        topic: "t",
        isPrivate: false,
        onDestroy: "keep",
      }),
    );
    const [details] = error.metadata.get("grpc-status-details-bin");
    const [packed] = Status.deserializeBinary(details as Buffer).getDetailsList();
    expect(packed?.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
    const failed = proto.ErrorResourceInitFailed.deserializeBinary(
      packed?.getValue_asU8() ?? new Uint8Array(),
    );
    expect(failed.getId()).toBe(slack.channels[0]?.id);
    expect(decode(failed.getProperties()).values).toMatchObject({
      name: "incidents",
      topic: "",
      onDestroy: "keep",
    });
    expect(failed.getReasonsList()).toEqual([
      expect.stringContaining("setting the topic of #incidents: answered too_long"),
    ]);
  });

  it("never shows the token, even where Slack repeats it", async () => {
    await provider.configure({ slackToken: "hunter2-hunter2", slackApiUrl: slack.url });
    slack.fail(
      "conversations.create",
      slackAnswer("missing_scope", { needed: "hunter2-hunter2", provided: "xoxb-1-2" }),
    );
    const { details } = await refused(provider.create("flymon:slack:Channel", { name: "a" }));
    expect(details).toContain("needed: [secret]; provided: [secret]");
  });

  it("ends what is running on Cancel, and loses no channel", async () => {
    await configureSlack();
    slack.fail("conversations.create", { kind: "slow", ms: 400 });
    const making = refused(provider.create("flymon:slack:Channel", { name: "incidents", topic: "t" }));
    await expect.poll(() => slack.calls).toEqual(["conversations.create"]);
    await provider.cancel();
    const error = await making;
    expect(error.details).toContain("the run was interrupted. Run `pulumi up` again");
    expect(error.metadata.get("grpc-status-details-bin")).toHaveLength(1);
    expect(slack.calls).toEqual(["conversations.create"]);
  });

  it("on SIGINT finishes the create in flight before it ends", async () => {
    await configureSlack();
    slack.fail("conversations.create", { kind: "slow", ms: 400 });
    const making = provider.create("flymon:slack:Channel", { name: "incidents" });
    await expect.poll(() => slack.calls).toEqual(["conversations.create"]);
    provider.child.kill("SIGINT");
    expect((await making).id).toBe(slack.channels[0]?.id);
    provider.client.close();
    await once(provider.child, "exit");
    expect(provider.child.exitCode).toBe(0);
  });

  it("ends with the engine", async () => {
    const engine = new Server();
    const port = await new Promise<number>((resolve, reject) => {
      engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    const attached = await startProvider(project, `127.0.0.1:${port}`);
    try {
      await attached.create("flymon:fly:FlyToml", { path: "a.toml", header: "", settings: { app: "a" } });
      expect(await readFile(path.join(project, "a.toml"), "utf8")).toContain('app = "a"');
      engine.forceShutdown();
      await once(attached.child, "exit");
      expect(attached.child.exitCode).toBe(0);
    } finally {
      await attached.close();
    }
  });
});

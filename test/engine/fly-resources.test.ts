import { afterAll, beforeAll, describe, expect } from "vitest";
import { startTestFly, type TestFly } from "../support/fly-sandbox";
import {
  output,
  resourceSuite,
  secret,
  type DeclaredResource,
  type SuiteService,
} from "../support/resource-suite";

// Apps, volumes and machines under the real CLI, on machines that are processes.

let sandbox: TestFly;
beforeAll(async () => {
  sandbox = await startTestFly();
});
afterAll(() => sandbox.fly.stop());

const service = (): SuiteService => {
  const { apiUrl, token } = sandbox.fly.announcement;
  return {
    options: { secrets: { "flymon:flyToken": token }, config: { "flymon:flyApiUrl": apiUrl } },
    withoutCredentials: {
      config: { "flymon:flyApiUrl": apiUrl },
      env: { FLY_API_TOKEN: undefined, FLY_ACCESS_TOKEN: undefined },
    },
  };
};

const app = (name: string): DeclaredResource => ({
  type: "flymon:fly:App",
  name: "app",
  inputs: { name, org: "hotdash" },
  importId: name,
});
const volume = (of: string, name = "data"): DeclaredResource => ({
  type: "flymon:fly:Volume",
  name,
  inputs: { app: of, name, region: "ord", sizeGb: 1, onDestroy: "delete" },
  computed: ["volumeId"],
  dependsOn: ["app"],
  importId: `${of}/${name}`,
});
const expectNoApp =
  (...names: readonly string[]) =>
  async (): Promise<void> => {
    for (const name of names) expect((await sandbox.call("GET", `/apps/${name}`)).status).toBe(404);
  };

describe("an app", () => {
  resourceSuite(
    {
      title: "an app",
      type: "flymon:fly:App",
      inputs: { name: "tower", org: "hotdash" },
      changes: [
        { property: "onDestroy", value: "keep" },
        { property: "onDestroy", value: "delete" },
        { property: "network", value: "apart", replaces: true },
        { property: "name", value: "lighthouse", replaces: true },
      ],
      importId: "tower",
      expectGone: expectNoApp("tower", "lighthouse"),
    },
    service,
  );
});

describe("a volume", () => {
  resourceSuite(
    {
      title: "a volume",
      type: "flymon:fly:Volume",
      needs: [app("stores")],
      inputs: { app: "stores", name: "metrics", region: "ord", sizeGb: 3 },
      changes: [
        { property: "onDestroy", value: "delete" },
        { property: "sizeGb", value: 5 },
        { property: "snapshotRetention", value: 14 },
        { property: "region", value: "ams", replaces: true },
        { property: "name", value: "alerts", replaces: true },
      ],
      outside: {
        act: async () => {
          const { body } = await sandbox.call<readonly { id: string }[]>("GET", "/apps/stores/volumes");
          await sandbox.call("PUT", `/apps/stores/volumes/${body[0]?.id ?? ""}`, { snapshot_retention: 1 });
        },
        paths: ["snapshotRetention"],
      },
      importId: "stores/metrics",
      expectGone: async () => {
        // The volume that was to be kept by the import's row keeps the app, too.
        const { body } = await sandbox.call<readonly { id: string }[]>("GET", "/apps/stores/volumes");
        if (Array.isArray(body))
          for (const { id } of body) await sandbox.call("DELETE", `/apps/stores/volumes/${id}`);
        await sandbox.call("DELETE", "/apps/stores");
      },
    },
    service,
  );
});

const check = (path: string) => ({ type: "http", port: 3000, path, interval: "15s", timeout: "2s" });
const hidden = "s3cret-of-the-tower\nwith a second line\n";

describe("a machine", () => {
  resourceSuite(
    {
      title: "a machine",
      type: "flymon:fly:Machine",
      needs: [app("watch"), volume("watch"), volume("watch", "other")],
      inputs: {
        app: "watch",
        name: "metrics",
        region: "ord",
        image: "registry.fly.io/flymon/echo:1",
        cpuKind: "shared",
        cpus: 1,
        memory: "256mb",
        env: { PORT: "3000", ECHO: "one" },
        files: {
          "/etc/flymon/config.yaml": { content: "a: 1\n" },
          "/etc/flymon/secrets/token": { content: secret(hidden), mode: 0o600 },
        },
        mount: { volumeId: output("data", "volumeId"), path: "/data" },
        processGroup: "metrics",
        checks: { alive: check("/health") },
      },
      secrets: [hidden, hidden.trim(), "s3cret-of-the-tower", "s3cret-of-another"],
      changes: [
        { property: "image", value: "registry.fly.io/flymon/echo:2" },
        { property: "memory", value: "0.5gb" },
        { property: "cpus", value: 2 },
        {
          property: "env",
          value: { PORT: "3000", ECHO: "two", HIDDEN: secret("s3cret-of-another") },
          paths: ["env.ECHO", "env.HIDDEN"],
        },
        { property: "env", value: { PORT: "3000", ECHO: "two" }, paths: ["env.HIDDEN"] },
        {
          property: "files",
          value: {
            "/etc/flymon/config.yaml": { content: "a: 2\n" },
            "/etc/flymon/secrets/token": { content: secret(`${hidden}changed`), mode: 0o600 },
            "/etc/flymon/more": { content: "more" },
          },
          paths: [
            'files["/etc/flymon/config.yaml"].content',
            "files./etc/flymon/more",
            "files./etc/flymon/secrets/token.content",
          ],
        },
        {
          property: "files",
          value: {
            "/etc/flymon/config.yaml": { content: "a: 2\n" },
            "/etc/flymon/secrets/token": { content: secret(`${hidden}changed`), mode: 0o400 },
          },
          paths: ["files./etc/flymon/more", "files./etc/flymon/secrets/token.mode"],
        },
        { property: "init", value: { cmd: ["--verbose"] } },
        { property: "metadata", value: { team: "reliability" } },
        { property: "processGroup", value: "store" },
        {
          property: "services",
          value: [
            { internal_port: 3000, ports: [{ port: 80, handlers: ["http"] }], checks: [check("/health")] },
          ],
        },
        {
          property: "checks",
          value: { alive: check("/status/200"), also: check("/health") },
          paths: ["checks.alive.path", "checks.also"],
        },
        { property: "metrics", value: { port: 3000, path: "/metrics" } },
        { property: "metrics", value: undefined },
        { property: "restart", value: { policy: "always" } },
        { property: "stopConfig", value: { signal: "SIGTERM", timeout: "10s" } },
        { property: "waitTimeout", value: "2m" },
        { property: "name", value: "store", replaces: true },
        {
          property: "mount",
          value: { volumeId: output("other", "volumeId"), path: "/data" },
          paths: ["mount.volumeId"],
          replaces: true,
        },
      ],
      outside: {
        act: async () => {
          const { machines } = (await sandbox.others.state()).apps.find(({ name }) => name === "watch") ?? {
            machines: [],
          };
          await sandbox.others.changeByHand(machines[0]?.id ?? "", {
            env: { PORT: "3000", ECHO: "by hand" },
          });
        },
        paths: ["env.ECHO"],
      },
      importId: "watch/metrics",
      expectGone: expectNoApp("watch"),
      timeoutMs: 400_000,
    },
    service,
  );
});

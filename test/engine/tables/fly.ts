import type { Properties } from "../../../infra/provider/properties";
import { output, secret, type DeclaredResource, type SuiteRow } from "../../support/resource-suite";
import type { TestFly } from "../../support/fly-sandbox";

/** Apps and volumes, by name and id. */
export const inventoryOf = async ({ fly, call, others }: TestFly): Promise<readonly string[]> => {
  const { apps } = await others.state();
  const { body } = await call<{ volumes: readonly { id: string }[] }>(
    "GET",
    `/orgs/${fly.announcement.org}/volumes`,
  );
  return [...apps.map(({ name }) => name), ...body.volumes.map(({ id }) => id)].sort();
};

const app = (name: string): DeclaredResource => ({
  type: "flymon:fly:App",
  name,
  inputs: { name, org: "hotdash" },
  importId: name,
});
const volume = (of: string, name: string): DeclaredResource => ({
  type: "flymon:fly:Volume",
  name,
  inputs: { app: of, name, region: "ord", sizeGb: 1, onDestroy: "delete" },
  computed: ["volumeId"],
  dependsOn: [of],
  importId: `${of}/${name}`,
});

const appRow = ({ call }: TestFly, tag: string): SuiteRow => ({
  name: "app",
  type: "flymon:fly:App",
  inputs: { name: `tower-${tag}`, org: "hotdash" },
  changes: [
    { property: "onDestroy", value: "keep" },
    { property: "onDestroy", value: "delete" },
    { property: "network", value: "apart", replaces: true },
    { property: "name", value: `lighthouse-${tag}`, replaces: true },
  ],
  outside: {
    act: async (name) => {
      await call("DELETE", `/apps/${name}`);
    },
    shows: "gone",
  },
  importId: `tower-${tag}`,
});

const volumeRow = ({ call }: TestFly, tag: string): SuiteRow => ({
  name: "volume",
  type: "flymon:fly:Volume",
  needs: [app(`stores-${tag}`), app(`other-stores-${tag}`)],
  inputs: { app: `stores-${tag}`, name: "metrics", region: "ord", sizeGb: 3, onDestroy: "delete" },
  changes: [
    { property: "onDestroy", value: "keep" },
    { property: "onDestroy", value: "delete" },
    { property: "sizeGb", value: 5 },
    { property: "snapshotRetention", value: 14 },
    { property: "region", value: "ams", replaces: true },
    { property: "name", value: "alerts", replaces: true },
    { property: "app", value: `other-stores-${tag}`, replaces: true },
  ],
  outside: {
    act: async (id) => {
      await call("PUT", `/apps/other-stores-${tag}/volumes/${id}`, { snapshot_retention: 1 });
    },
    shows: ["snapshotRetention"],
  },
  importId: `stores-${tag}/metrics`,
});

const check = (path: string) => ({ type: "http", port: 3000, path, interval: "15s", timeout: "2s" });
const hidden = "s3cret-of-the-tower\nwith a second line\n";
const files = (config: string, mode: number): Properties => ({
  "/etc/flymon/config.yaml": { content: config },
  "/etc/flymon/secrets/token": { content: secret(`${hidden}changed`), mode },
});

/** Three machines share the changes. */
const machineRows = ({ call, others }: TestFly, tag: string): readonly SuiteRow[] => {
  const home = `watch-${tag}`;
  const away = `other-watch-${tag}`;
  const common = {
    app: home,
    region: "ord",
    image: "registry.fly.io/flymon/echo:1",
    cpuKind: "shared",
    cpus: 1,
  };
  return [
    {
      name: "machine",
      type: "flymon:fly:Machine",
      needs: [app(home)],
      inputs: {
        ...common,
        name: "metrics",
        memory: "256mb",
        env: { PORT: "3000", ECHO: "one" },
        files: {
          "/etc/flymon/config.yaml": { content: "a: 1\n" },
          "/etc/flymon/secrets/token": { content: secret(hidden), mode: 0o600 },
        },
        processGroup: "metrics",
        checks: { alive: check("/health") },
      },
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
          value: { ...files("a: 2\n", 0o600), "/etc/flymon/more": { content: "more" } },
          paths: [
            'files["/etc/flymon/config.yaml"].content',
            "files./etc/flymon/more",
            "files./etc/flymon/secrets/token.content",
          ],
        },
        {
          property: "files",
          value: files("a: 2\n", 0o400),
          paths: ["files./etc/flymon/more", "files./etc/flymon/secrets/token.mode"],
        },
        { property: "init", value: { cmd: ["--verbose"] } },
        { property: "metadata", value: { team: "reliability" } },
        { property: "processGroup", value: "store" },
      ],
      outside: {
        act: async (id) => {
          await others.changeByHand(id, { env: { PORT: "3000", ECHO: "by hand" } });
        },
        shows: ["env.ECHO"],
      },
      importId: `${home}/metrics`,
      secrets: [hidden, hidden.trim(), "s3cret-of-the-tower", "s3cret-of-another"],
    },
    {
      name: "serving machine",
      type: "flymon:fly:Machine",
      needs: [app(home), volume(home, "data"), volume(home, "other_data")],
      inputs: {
        ...common,
        name: "serving",
        memory: "256mb",
        mount: { volumeId: output("data", "volumeId"), path: "/data" },
        env: { PORT: "3000" },
        checks: { alive: check("/health") },
      },
      changes: [
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
        { property: "name", value: "served", replaces: true },
        {
          property: "mount",
          value: { volumeId: output("other_data", "volumeId"), path: "/data" },
          paths: ["mount.volumeId"],
          replaces: true,
        },
      ],
      outside: {
        act: async (id) => {
          await others.changeByHand(id, { restart: { policy: "no" } });
        },
        shows: ["restart.policy"],
      },
      importId: `${home}/serving`,
    },
    {
      name: "moving machine",
      type: "flymon:fly:Machine",
      needs: [app(home), app(away)],
      inputs: { ...common, name: "moving", memory: "2gb" },
      changes: [
        { property: "cpuKind", value: "performance" },
        { property: "region", value: "ams", replaces: true },
        { property: "app", value: away, replaces: true },
      ],
      outside: {
        act: async (id) => {
          await call("DELETE", `/apps/${away}/machines/${id}?force=true`);
        },
        shows: "gone",
      },
      importId: `${home}/moving`,
    },
  ];
};

/** Apps, volumes and machines. */
export const flyRows = (sandbox: TestFly, tag: string): readonly SuiteRow[] => [
  appRow(sandbox, tag),
  volumeRow(sandbox, tag),
  ...machineRows(sandbox, tag),
];

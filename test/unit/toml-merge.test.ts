import { describe, expect, test } from "vitest";
import type { AppDeclaration } from "../../infra/model/app";
import type { ResolvedApp } from "../../infra/model/app";
import { dataOf, parseDocument } from "../../infra/toml/document";
import { flyFileOf } from "../../infra/toml/fly-file";
import { lintFlyToml } from "../../infra/toml/lint";
import { mergeFlyToml } from "../../infra/toml/merge";
import { readDeclaration } from "../../infra/toml/read-declaration";
import { resolved } from "../support/arbitrary-app";
import { soundApp } from "../support/declarations";
import { fixture, flyTomlFixtures } from "../support/fly-toml-fixtures";
import { saidOf, wantedOf } from "../support/in-line";

type Groups = AppDeclaration["processGroups"];

/** A declaration for the file: its groups, the first service that it has, everything else sound. */
const declarationFor = (name: string, text: string): ResolvedApp => {
  const file = flyFileOf(parseDocument(text));
  const [first] = file.services;
  const served = first?.groups.find((group) => file.groups.includes(group)) ?? file.defaultGroup;
  const sound = soundApp().processGroups["app"];
  const groups: Groups = Object.fromEntries(
    file.groups.map((group): [string, Groups[string]] => {
      const command = file.processes.find((process) => process.name === group)?.command;
      const rest = command === undefined ? {} : { command: command === "" ? "bin/start" : command };
      const vm = { cpuKind: "shared", cpus: 1, memory: "1gb" } as const;
      return group === served
        ? [
            group,
            {
              ...sound,
              ...rest,
              role: "web",
              vm,
              services: (sound?.services ?? []).map((service) => ({
                ...service,
                internalPort:
                  first?.internalPort !== undefined && first.internalPort < 65_536
                    ? first.internalPort
                    : 8080,
              })),
            },
          ]
        : [group, { role: "worker", machines: 1, vm, ...rest }];
    }),
  );
  return resolved(soundApp({ name: name.replace(".toml", ""), processGroups: groups }));
};

/** Sections that are never flymon's. */
const foreignSections = [
  "build",
  "env",
  "mounts",
  "mount",
  "statics",
  "files",
  "kill_timeout",
  "kill_signal",
  "swap_size_mb",
  "console_command",
];

const ownRules = new Set([
  "old-form",
  "bare-duration",
  "invalid-duration",
  "single-table",
  "list-for-table",
  "min-without-auto-stop",
  "no-health-check",
  "vm-size",
  "vm-partial",
  "auto-stop-without-start",
  "auto-stop-value",
  "duplicate-service",
  "port-range",
]);

/** What stays because it belongs to no declared group, or to something that the declaration leaves out. */
const notOurs: Readonly<Record<string, readonly string[]>> = {
  "many-groups.toml": ["no-health-check", "duplicate-service", "min-without-auto-stop"],
  "v1-old.toml": ["old-form"],
};

describe("fly.toml files of public shape", () => {
  test.each(flyTomlFixtures)("%s comes in line, keeps what is its own, and stays", async (name, text) => {
    const app = declarationFor(name, text);
    const merged = mergeFlyToml(text, app).text;
    await expect(merged).toMatchFileSnapshot(`../fixtures/fly-toml/merged/${name}`);

    const [before, after] = [parseDocument(text), parseDocument(merged)];
    expect(saidOf(readDeclaration(after), app)).toEqual(wantedOf(app));
    const data = (document: typeof before): Record<string, unknown> =>
      dataOf(document.root) as Record<string, unknown>;
    for (const section of foreignSections) expect(data(after)[section]).toEqual(data(before)[section]);
    const comments = after.comments.map((comment) => comment.text);
    for (const { text: comment } of before.comments) expect(comments).toContain(comment);
    expect(mergeFlyToml(merged, app)).toEqual({ text: merged, changes: [] });

    // What lint still names was not ours to change.
    const owned = lintFlyToml(merged, name).filter(
      ({ rule, line }) =>
        ownRules.has(rule) &&
        notOurs[name]?.includes(rule) !== true &&
        !/kill_timeout|wait_timeout|^\[mounts?\]|header/.test(merged.split("\n")[line - 1] ?? ""),
    );
    expect(owned).toEqual([]);
  });

  test("line breaks, the end of the file and a byte order mark stay as they were", () => {
    const merged = (name: string): string =>
      mergeFlyToml(fixture(name), declarationFor(name, fixture(name))).text;
    expect(merged("crlf.toml").replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect(merged("crlf.toml")).not.toMatch(/\n$/);
    expect(merged("bom.toml")).toMatch(/^\uFEFF# saved/);
    expect(merged("tabs.toml")).toContain(
      '\n\t\t[http_service.checks.headers]\n\t\t\tX-Monitoring = "fly-health-check"\n',
    );
  });
});

const app = resolved(soundApp());
const file = (service: string): string => `app = "shop"\nprimary_region = "ams"\n\n${service}`;
const sound = mergeFlyToml(file(""), app).text;

describe("merge", () => {
  test("writes the whole declaration into a file that says nothing", () => {
    expect(lintFlyToml(sound, "fly.toml")).toEqual([]);
    expect(saidOf(readDeclaration(parseDocument(sound)), app)).toEqual(wantedOf(app));
    expect(mergeFlyToml("", app).text).toContain('app = "shop"\nprimary_region = "ams"');
  });

  test("keeps a check's other headers, and Fly's options of a service", () => {
    const text = sound
      .replace('X-Monitoring = "fly-health-check"', 'X-Forwarded-Proto = "https"\n      x-monitoring = "old"')
      .replace("[http_service]", "[http_service]\n  tls_options = { alpn = ['h2'] }");
    expect(mergeFlyToml(text, app).text).toBe(
      text.replace('x-monitoring = "old"', 'x-monitoring = "fly-health-check"'),
    );
  });

  test("changes the one value that is out of line, and nothing else", () => {
    const text = sound.replace('"15s"', "'1m' # slow");
    expect(mergeFlyToml(text, app)).toEqual({
      text: text.replace("'1m'", '"15s"'),
      changes: ['http_service.checks[0].interval: "1m" -> "15s"'],
    });
  });

  test("leaves what means the same: 512 MB, minutes as seconds, a method in small letters", () => {
    const text = sound
      .replace('memory = "512mb"', "memory_mb = 512")
      .replace('"15s"', '"0.25m"')
      .replace('"GET"', '"get"');
    expect(mergeFlyToml(text, app)).toEqual({ text, changes: [] });
  });

  test("turns two [[services]] into the one declared [http_service], with their TLS options", () => {
    const text = file(`[[services]]
  internal_port = 8080
  protocol = "tcp"
  [[services.ports]]
    port = 80
    handlers = ["http"]
  [[services.ports]]
    port = 443
    handlers = ["tls", "http"]
    [services.ports.tls_options]
      versions = ["TLSv1.3"]
  [[services.http_checks]]
    interval = "5s"
    timeout = "1s"
    path = "/health"
    [services.http_checks.headers]
      Host = "shop.example"
`);
    const { http_service: service, services } = dataOf(
      parseDocument(mergeFlyToml(text, app).text).root,
    ) as Record<string, Record<string, unknown>>;
    expect(services).toBeUndefined();
    expect(service).toMatchObject({
      tls_options: { versions: ["TLSv1.3"] },
      checks: [{ interval: "15s", headers: { Host: "shop.example", "X-Monitoring": "fly-health-check" } }],
    });
  });

  test("a minimum that rests gets its reason, once; one that no longer rests loses it", () => {
    const remark = "# flymon-lint: allow min-without-auto-stop";
    expect(sound.split(remark)).toHaveLength(2);
    const stopping = resolved(
      soundApp({
        processGroups: {
          app: {
            ...soundApp().processGroups["app"],
            role: "web",
            autoStop: { autoStopMachines: "stop", autoStartMachines: true },
          },
        },
      }),
    );
    expect(mergeFlyToml(sound, stopping).text).not.toContain("flymon-lint");
  });

  test("gives each group its own size where they shared one, and leaves the others'", () => {
    const text = `app = "shop"\n[processes]\nweb = "a"\nworker = "b"\ncron = "c"\n[vm]\nmemory = "1gb"\ncpus = 1\nkernel_args = ["quiet"]\n`;
    const declared = resolved(
      soundApp({
        processGroups: {
          web: {
            role: "worker",
            command: "a",
            machines: 1,
            vm: { cpuKind: "shared", cpus: 2, memory: "2gb" },
          },
          worker: {
            role: "worker",
            command: "b",
            machines: 1,
            vm: { cpuKind: "shared", cpus: 1, memory: "512mb" },
          },
        },
        uptime: [],
      }),
    );
    expect(
      (dataOf(parseDocument(mergeFlyToml(text, declared).text).root) as Record<string, unknown>)["vm"],
    ).toEqual([
      { memory: "1gb", cpus: 1, kernel_args: ["quiet"], processes: ["cron"] },
      { kernel_args: ["quiet"], memory: "2gb", cpu_kind: "shared", cpus: 2, processes: ["web"] },
      { kernel_args: ["quiet"], memory: "512mb", cpu_kind: "shared", cpus: 1, processes: ["worker"] },
    ]);
  });
});

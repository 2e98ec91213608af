import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfiguration } from "../../infra/provider/configuration";
import { flyToml } from "../../infra/provider/files/fly-toml";
import { gatusConfig } from "../../infra/provider/files/gatus-config";
import type { FileInputs } from "../../infra/provider/files/structured-file";
import type { ResourceContext } from "../../infra/provider/resource";
import { generatedMarker } from "../../infra/render/generated-marker";
import { flyTomlText } from "../../infra/render/toml-text";

let projectRoot: string;
let context: ResourceContext;
const logged: string[] = [];

beforeEach(async () => {
  projectRoot = await mkdtemp(path.join(tmpdir(), "flymon-files-"));
  logged.length = 0;
  context = {
    configuration: readConfiguration({}, {}),
    projectRoot,
    urn: "urn:pulumi:test::test::flymon:fly:FlyToml::chatwoot",
    signal: new AbortController().signal,
    log: (severity, message) => logged.push(`${severity}: ${message}`),
  };
});
afterEach(() => rm(projectRoot, { recursive: true, force: true }));

const at = (file: string): string => path.join(projectRoot, file);
const declare = (change: Partial<FileInputs> = {}): FileInputs => ({
  path: "generated/staging/fly/chatwoot.toml",
  header: "From infra/fleet/chatwoot.ts",
  settings: { app: "chatwoot", http_service: { internal_port: 3000, checks: [{ interval: "15s" }] } },
  ...change,
});
const text = flyTomlText(declare().settings, declare().header);
const create = (change: Partial<FileInputs> = {}) => flyToml.create(declare(change), context);
const put = async (file: string, content: string): Promise<void> => {
  await mkdir(path.dirname(at(file)), { recursive: true });
  await writeFile(at(file), content);
};

describe("writing", () => {
  it("makes the folders and a whole file of mode 644, and leaves nothing beside it", async () => {
    const umask = process.umask(0o077);
    try {
      const { id, state } = await create();
      expect(id).toBe("generated/staging/fly/chatwoot.toml");
      expect(await readFile(at(id), "utf8")).toBe(text);
      expect((await stat(at(id))).mode & 0o777).toBe(0o644);
      expect(await readdir(path.dirname(at(id)))).toEqual(["chatwoot.toml"]);
      expect(JSON.stringify(state)).not.toContain(projectRoot);
    } finally {
      process.umask(umask);
    }
  });

  it("leaves a file alone that holds the same text already", async () => {
    await put("fly.toml", text);
    const before = await stat(at("fly.toml"));
    await create({ path: "fly.toml" });
    expect((await stat(at("fly.toml"))).ino).toBe(before.ino);
  });

  it("overwrites what flymon wrote, and whatever lies in generated/", async () => {
    await put("fly.toml", `# ${generatedMarker}\n\napp = "old"\n`);
    await create({ path: "fly.toml" });
    expect(await readFile(at("fly.toml"), "utf8")).toBe(text);
    await put("generated/a.toml", "app = 'by hand'\n");
    await create({ path: "generated/a.toml" });
    expect(await readFile(at("generated/a.toml"), "utf8")).toBe(text);
  });

  it("refuses to overwrite anybody else's file, and names it", async () => {
    await put("fly.toml", "app = 'by hand'\n");
    await expect(create({ path: "fly.toml" })).rejects.toThrow(
      "The file fly.toml: writing it: there is a file already, and it was not made by flymon",
    );
    expect(await readFile(at("fly.toml"), "utf8")).toBe("app = 'by hand'\n");
  });

  it("says what is in the way", async () => {
    await mkdir(at("generated/a.toml"), { recursive: true });
    await expect(create({ path: "generated/a.toml" })).rejects.toThrow(
      "The file generated/a.toml: reading it: the system answered EISDIR: illegal operation on a directory. There is a folder of that name",
    );
    await put("generated/b", "");
    await expect(create({ path: "generated/b/a.toml" })).rejects.toThrow(
      /generated\/b\/a\.toml: .* ENOTDIR: .*A part of the path is a file/,
    );
  });
});

describe("paths", () => {
  it("are kept relative where they lie below the project, so that a state can move", () => {
    const normalized = (given: string): string =>
      flyToml.normalize?.(declare({ path: given }), { projectRoot }).path ?? "";
    expect(normalized("./generated//a.toml")).toBe("generated/a.toml");
    expect(normalized(at("generated/a.toml"))).toBe("generated/a.toml");
    expect(normalized("../elsewhere/a.toml")).toBe("../elsewhere/a.toml");
    expect(normalized("/etc/x/../a.toml")).toBe("/etc/a.toml");
  });
});

describe("reading", () => {
  it("is content with the file as it was written", async () => {
    const made = await create();
    expect(await flyToml.read(made.id, made.state, context)).toEqual(made);
    expect(flyToml.drifted?.(made.state)).toEqual([]);
  });

  it("shows the setting that was edited", async () => {
    const { id, state } = await create();
    await writeFile(at(id), text.replace("15s", "45s"));
    const found = await flyToml.read(id, state, context);
    expect(found?.state.settings).toEqual({
      ...state.settings,
      http_service: { internal_port: 3000, checks: [{ interval: "45s" }] },
    });
    expect(flyToml.drifted?.(found?.state ?? state)).toEqual([]);
  });

  it.each([
    ["only the form changed", (content: string) => `${content}\n# more\n`],
    ["it is no TOML any more", () => "app = = 1"],
  ])("shows it by the hash when %s, and the next update puts it back", async (_, edit) => {
    const { id, state } = await create();
    await writeFile(at(id), edit(text));
    const found = await flyToml.read(id, state, context);
    expect(found?.state.settings).toEqual(state.settings);
    expect(flyToml.drifted?.(found?.state ?? state)).toEqual(["contentHash"]);
    expect(await flyToml.update(id, found?.state ?? state, declare(), context)).toEqual(state);
    expect(await readFile(at(id), "utf8")).toBe(text);
  });

  it("is gone when the file is", async () => {
    const { id, state } = await create();
    await rm(at(id));
    expect(await flyToml.read(id, state, context)).toBeUndefined();
  });

  it("imports a file by its path, with its comment as header", async () => {
    await put("fly.toml", '# Ours since 2024\n\napp = "a"\n');
    const found = await flyToml.read(at("fly.toml"), undefined, context);
    expect(found).toMatchObject({
      id: "fly.toml",
      state: { path: "fly.toml", header: "Ours since 2024", settings: { app: "a" } },
    });
    await expect(
      flyToml.update(
        "fly.toml",
        found?.state ?? (await create()).state,
        declare({ path: "fly.toml" }),
        context,
      ),
    ).resolves.toBeDefined();
    await put("bad.toml", "= =");
    await expect(flyToml.read("bad.toml", undefined, context)).rejects.toThrow(
      "The file bad.toml: importing it: it is not TOML",
    );
  });
});

describe("removing", () => {
  it("takes the folders of generated/ with it that it empties", async () => {
    const one = await create();
    const other = await create({ path: "generated/production/fly/a.toml" });
    await flyToml.delete(one.id, one.state, context);
    expect(await readdir(at("generated"))).toEqual(["production"]);
    await flyToml.delete(other.id, other.state, context);
    expect(await readdir(projectRoot)).toEqual([]);
    await flyToml.delete(other.id, other.state, context);
  });

  it("lets a file stay that somebody put in its place, and says so", async () => {
    const { id, state } = await create();
    await writeFile(at(id), "app = 'mine'\n");
    await flyToml.delete(id, state, context);
    expect(await readFile(at(id), "utf8")).toBe("app = 'mine'\n");
    expect(logged).toEqual([`warning: ${id} was replaced by a file that is not flymon's; it stays.`]);
  });

  it("keeps working while neighbours come and go", async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const { id, state } = await create({ path: `generated/s/${index}.toml` });
        await flyToml.delete(id, state, context);
      }),
    );
    expect(await readdir(projectRoot)).toEqual([]);
  });
});

describe("flymon:gatus:Config", () => {
  const endpoint = {
    name: "a",
    group: "shop",
    url: "https://shop.example/health",
    interval: "30s",
    conditions: ["[STATUS] == 200"],
    alerts: [],
  };
  const settings = (changes: object = {}) => ({
    web: { address: "", port: 8080 },
    storage: { type: "sqlite", path: "/data/gatus.db" },
    alerting: { custom: { url: "https://slack.example", method: "POST", headers: {}, body: "text=x" } },
    endpoints: [{ ...endpoint, ...changes }],
  });

  it("is YAML, and shows the setting that was edited", async () => {
    const declared = declare({ path: "generated/gatus.yaml", settings: settings() });
    const { id, state } = await gatusConfig.create(declared, context);
    const written = await readFile(at(id), "utf8");
    expect(written).toContain("endpoints:\n  - name: a\n");
    await writeFile(at(id), written.replace("30s", "5m"));
    const found = await gatusConfig.read(id, state, context);
    expect(found?.state.settings).toEqual(settings({ interval: "5m" }));
  });

  it("is refused with what Gatus would pass over", async () => {
    const declared = declare({ path: "generated/gatus.yaml", settings: settings({ intervall: "5m" }) });
    await expect(gatusConfig.create(declared, context)).rejects.toThrow(
      "endpoints.0.intervall is no key of Gatus', which would pass over it",
    );
  });
});

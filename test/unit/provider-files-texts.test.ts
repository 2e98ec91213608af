import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packedTexts, sha256Of } from "../../infra/model/packed-texts";
import { checkProperties } from "../../infra/provider/check";
import { readConfiguration } from "../../infra/provider/configuration";
import { changesBetween } from "../../infra/provider/diff";
import { PartialFailure } from "../../infra/provider/errors";
import type { TextsInputs } from "../../infra/provider/files/texts";
import { texts } from "../../infra/provider/files/texts";
import type { ResourceContext } from "../../infra/provider/resource";
import { generatedMarker } from "../../infra/render/generated-marker";

let projectRoot: string;
let context: ResourceContext;
const logged: string[] = [];

beforeEach(async () => {
  projectRoot = await mkdtemp(path.join(tmpdir(), "flymon-texts-"));
  logged.length = 0;
  context = {
    configuration: readConfiguration({}, {}),
    projectRoot,
    urn: "urn:pulumi:test::test::flymon:files:Texts::alerts",
    signal: new AbortController().signal,
    log: (severity, message) => logged.push(`${severity}: ${message}`),
  };
});
afterEach(() => rm(projectRoot, { recursive: true, force: true }));

const at = (...parts: string[]): string => path.join(projectRoot, ...parts);
const declare = (files: TextsInputs["files"], directory = "generated/test"): TextsInputs => ({
  directory,
  files,
});
const two = declare({ "rules/a.yaml": "a: 1\n", "dashboards/b.json": "{}\n" });
const put = async (file: string, content: string): Promise<void> => {
  await mkdir(path.dirname(at(file)), { recursive: true });
  await writeFile(at(file), content);
};
const read = (file: string): Promise<string> => readFile(at(file), "utf8");

describe("texts of a folder", () => {
  it("are written below it, adopted where they are there, and leave nothing once removed", async () => {
    await put("generated/test/rules/a.yaml", "a: 1\n");
    const { id, state } = await texts.create(two, context);
    expect(id).toBe("generated/test");
    expect(state).toEqual(two);
    expect(await read("generated/test/dashboards/b.json")).toBe("{}\n");
    await texts.delete(id, state, context);
    expect(await readdir(projectRoot)).toEqual([]);
  });

  it("show each file that was edited or removed, and an update restores those", async () => {
    const { id, state } = await texts.create(two, context);
    await writeFile(at("generated/test/rules/a.yaml"), "a: 2\n");
    await rm(at("generated/test/dashboards/b.json"));
    const found = await texts.read(id, state, context);
    expect(changesBetween(found?.state ?? {}, two)).toEqual([
      { path: 'files["rules/a.yaml"]', kind: "update" },
      { path: 'files["dashboards/b.json"]', kind: "add" },
    ]);
    await texts.update(id, found?.state ?? state, two, context);
    expect(await texts.read(id, two, context)).toEqual({ id, state: two });
  });

  it("are gone when none of them is there", async () => {
    const { id, state } = await texts.create(two, context);
    await rm(at("generated"), { recursive: true });
    expect(await texts.read(id, state, context)).toBeUndefined();
  });

  it("that are no longer declared go, and nothing else does", async () => {
    const { id, state } = await texts.create(two, context);
    await put("generated/test/rules/own.yaml", "mine: 1\n");
    const next = declare({ "rules/c.yaml": "c: 1\n" });
    expect(await texts.update(id, state, next, context)).toEqual(next);
    expect((await readdir(at("generated/test"), { recursive: true })).sort()).toEqual([
      "rules",
      "rules/c.yaml",
      "rules/own.yaml",
    ]);
  });

  it("stay where somebody else's file is in the way: that one is named, the others are written", async () => {
    await put("elsewhere/rules/a.yaml", "by: hand\n");
    const declared = declare(two.files, "elsewhere");
    const failure = await texts.create(declared, context).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartialFailure);
    const { reasons, state } = failure as PartialFailure;
    expect(reasons).toEqual([
      expect.stringContaining("The file elsewhere/rules/a.yaml: writing it: there is a file already"),
    ]);
    expect(state).toEqual(declare({ "dashboards/b.json": "{}\n" }, "elsewhere"));
    expect(await read("elsewhere/rules/a.yaml")).toBe("by: hand\n");
    await texts.delete("elsewhere", state as TextsInputs, context);
    expect(await readdir(at("elsewhere"), { recursive: true })).toEqual([
      "dashboards",
      "rules",
      "rules/a.yaml",
    ]);
  });

  it("outside of generated/ are overwritten where the state or the marker says that they are ours", async () => {
    const declared = declare({ "b.json": "{}\n" }, "elsewhere");
    const { id, state } = await texts.create(declared, context);
    const next = declare({ "b.json": "[]\n", "c.yaml": "c: 2\n" }, "elsewhere");
    await put("elsewhere/c.yaml", `# ${generatedMarker}\n\nc: 1\n`);
    await texts.update(id, state, next, context);
    expect(await read("elsewhere/b.json")).toBe("[]\n");
    expect(await read("elsewhere/c.yaml")).toBe("c: 2\n");
  });

  it("that were replaced by hand stay on destroy, and that is said", async () => {
    const { id, state } = await texts.create(two, context);
    await put("generated/test/rules/a.yaml", "by: hand\n");
    await texts.delete(id, state, context);
    expect(await read("generated/test/rules/a.yaml")).toBe("by: hand\n");
    expect(logged).toEqual([
      "warning: generated/test/rules/a.yaml was replaced by a file that is not flymon's; it stays.",
    ]);
  });

  it("keep in the state what could not be removed, so that the next update removes it", async () => {
    await mkdir(at("generated/test/rules/a.yaml"), { recursive: true });
    const next = declare({ "dashboards/b.json": "{}\n" });
    const failure = await texts.update("", two, next, context).catch((error: unknown) => error);
    expect((failure as PartialFailure).state).toEqual(two);
  });

  const aside = { "a.json": "a\n", "b/c.json": "c\n" };
  const packed: TextsInputs = { ...declare({ "d.yaml": "d\n" }), packed: packedTexts(aside) };

  it("packed ones are written beside the others, and of an edited one a diff shows the hash alone", async () => {
    const { id, state } = await texts.create(packed, context);
    expect(await read("generated/test/a.json")).toBe("a\n");
    expect(await read("generated/test/d.yaml")).toBe("d\n");
    expect(await texts.read(id, state, context)).toEqual({ id, state: packed });

    await put("generated/test/a.json", "by: hand\n");
    await rm(at("generated/test/b/c.json"));
    const found = (await texts.read(id, state, context))?.state ?? state;
    expect(changesBetween(texts.managed?.(found, packed) ?? {}, packed)).toEqual([
      { path: 'packed.sha256["a.json"]', kind: "update" },
      { path: 'packed.sha256["b/c.json"]', kind: "add" },
    ]);
    expect(await texts.update(id, found, packed, context)).toEqual(packed);
    expect(await texts.read(id, state, context)).toEqual({ id, state: packed });
    await texts.delete(id, state, context);
    expect(await readdir(projectRoot)).toEqual([]);
  });

  it("may be packed from one run to the next, and go, and be refused", async () => {
    const plain = declare({ ...aside, "d.yaml": "d\n" });
    await texts.create(plain, context);
    await texts.update("", plain, packed, context);
    const less: TextsInputs = { ...packed, packed: packedTexts({ "a.json": "a\n" }) };
    await texts.update("", packed, less, context);
    expect((await readdir(at("generated/test"))).sort()).toEqual(["a.json", "d.yaml"]);

    await rm(at("generated/test/a.json"));
    await mkdir(at("generated/test/a.json"));
    const more: TextsInputs = { ...packed, packed: packedTexts({ "a.json": "A\n", "e.json": "e\n" }) };
    const failure = await texts.update("", less, more, context).catch((error: unknown) => error);
    expect((failure as PartialFailure).state["packed"]).toMatchObject({
      sha256: { "a.json": sha256Of("a\n"), "e.json": sha256Of("e\n") },
    });
  });

  it("packed by another zlib are no change", () => {
    const other: TextsInputs = {
      ...packed,
      packed: { ...packedTexts(aside), brotli: brotliCompressSync(JSON.stringify(aside)).toString("base64") },
    };
    expect(other).not.toEqual(packed);
    expect(checkProperties(texts.inputs, other, texts.type).failures).toEqual([]);
    expect(changesBetween(texts.managed?.(other, packed) ?? {}, packed)).toEqual([]);
  });

  it("are imported by the folder", async () => {
    await put("generated/test/rules/a.yaml", "a: 1\n");
    await put("generated/test/dashboards/b.json", "{}\n");
    expect(await texts.read(at("generated/test"), undefined, context)).toEqual({
      id: "generated/test",
      state: two,
    });
    expect(await texts.read("generated/none", undefined, context)).toBeUndefined();
  });
});

describe("what is refused", () => {
  it.each(["/etc/passwd", "../a", "a/../../b", "..", ".", "", "a/", "a//b", "./a", "a\\b", "a\0b"])(
    "a path that is not one below the folder: %j",
    (file) => {
      const { failures } = checkProperties(texts.inputs, declare({ [file]: "" }), texts.type);
      expect(failures).toHaveLength(1);
      expect(failures[0]?.reason).toContain("must be the path of a file below the folder");
    },
  );

  it.each([
    ["another text", { "a.json": sha256Of("b") }],
    ["a text that has no hash", {}],
    ["a hash that has no text", { "a.json": sha256Of("a"), "b.json": sha256Of("b") }],
  ])("packed texts with %s", (_, sha256) => {
    const given = { ...declare({}), packed: { ...packedTexts({ "a.json": "a" }), sha256 } };
    const { failures } = checkProperties(texts.inputs, given, texts.type);
    expect(failures).toEqual([
      {
        property: "packed.brotli",
        reason: expect.stringMatching(
          /^the text of [ab]\.json is not the one that its SHA-256 names$/,
        ) as string,
      },
    ]);
  });

  it("takes every other path", () => {
    const files = { "a.yaml": "", "a/b/c.json": "", ".hidden": "", "..a/b": "" };
    expect(checkProperties(texts.inputs, declare(files), texts.type).failures).toEqual([]);
  });

  it("keeps the folder relative to the project", () => {
    expect(texts.normalize?.(declare({}, at("generated/test/")), { projectRoot }).directory).toBe(
      "generated/test",
    );
  });
});

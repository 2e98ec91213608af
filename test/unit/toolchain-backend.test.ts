import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chooseBackend } from "../../toolchain/setup/backend";
import { stackConfigFile } from "../../toolchain/setup/stack-config";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "flymon-backend-")));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

describe("the backend", () => {
  const choose = (env: NodeJS.ProcessEnv) =>
    chooseBackend({ PULUMI_HOME: path.join(folder, "home"), ...env }, folder);
  beforeEach(() => void write("Pulumi.yaml", "name: x\nruntime: nodejs\n"));

  it("is our own with a random passphrase that stays, readable by its owner alone", () => {
    const { kind, env } = choose({});
    expect(kind).toBe("own");
    expect(env["PULUMI_BACKEND_URL"]).toBe(`file://${folder}/.flymon/state`);
    const file = String(env["PULUMI_CONFIG_PASSPHRASE_FILE"]);
    const passphrase = readFileSync(file, "utf8");
    expect(passphrase.trim()).toHaveLength(43);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    choose({});
    expect(readFileSync(file, "utf8")).toBe(passphrase);
  });

  it.each([{ PULUMI_CONFIG_PASSPHRASE: "" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/x" }])(
    "keeps the user's %o",
    (given) => {
      expect(choose(given).env).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
    },
  );

  it.each([{ PULUMI_BACKEND_URL: "s3://b" }, { PULUMI_ACCESS_TOKEN: "pul-x" }])(
    "is the one of %o",
    (given) => {
      expect(choose(given)).toEqual({ kind: "chosen", env: {} });
      expect(existsSync(path.join(folder, ".flymon"))).toBe(false);
    },
  );

  it("is the one logged in to, and none after a logout", () => {
    write("home/credentials.json", JSON.stringify({ current: "https://api.pulumi.com" }));
    expect(choose({}).kind).toBe("chosen");
    write("home/credentials.json", JSON.stringify({ current: "" }));
    expect(choose({}).kind).toBe("own");
  });

  it.each([
    ["backend:\n  url: gs://b\n", "chosen"],
    ["backend:\n  # where\n\n  url: gs://b\nmain: x\n", "chosen"],
    ["config:\n  url: gs://b\n", "own"],
    ["backend: {}\nplugins:\n  url: x\n", "own"],
  ])("reads Pulumi.yaml: %j is %s", (text, kind) => {
    write("Pulumi.yaml", `name: x\nruntime: nodejs\n${text}`);
    expect(choose({}).kind).toBe(kind);
  });
});

describe("a stack's configuration file", () => {
  const own = { kind: "own", env: {} } as const;
  beforeEach(() => void write("Pulumi.yaml", "name: hot\nruntime: nodejs\n"));
  const file = (): string => stackConfigFile("blue", { backend: own, root: folder });

  it("is a working copy that follows the repository's file and keeps its own salt", () => {
    write("Pulumi.blue.yaml", "config:\n  hot:a: 1");
    const copy = file();
    expect(copy).toBe(path.join(folder, ".flymon", "config", "Pulumi.blue.yaml"));
    expect(readFileSync(copy, "utf8")).toBe("config:\n  hot:a: 1\n");
    // What the CLI does when it makes the stack.
    writeFileSync(copy, "encryptionsalt: v1:abc\nconfig:\n  hot:a: 1\n");
    write("Pulumi.blue.yaml", "config:\n  hot:a: 2\n");
    expect(readFileSync(file(), "utf8")).toBe("config:\n  hot:a: 2\nencryptionsalt: v1:abc\n");
    expect(readFileSync(path.join(folder, "Pulumi.blue.yaml"), "utf8")).toBe("config:\n  hot:a: 2\n");
  });

  it("needs no file in the repository", () => {
    expect(readFileSync(file(), "utf8")).toBe("");
  });

  it.each(["encryptionsalt: v1:x", "secretsprovider: awskms://k", "encryptedkey: k"])(
    "is the repository's own with %s",
    (line) => {
      const repository = write("Pulumi.blue.yaml", `${line}\n`);
      expect(file()).toBe(repository);
    },
  );

  it("is the repository's own on a chosen backend, found by the last part of the stack's name", () => {
    const backend = { kind: "chosen", env: {} } as const;
    expect(stackConfigFile("org/hot/blue", { backend, root: folder })).toBe(
      path.join(folder, "Pulumi.blue.yaml"),
    );
  });
});

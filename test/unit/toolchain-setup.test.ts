import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../toolchain/root";
import { bundleOf } from "../../toolchain/setup/bundles";
import { makeOnce } from "../../toolchain/setup/cache";
import { checksumFor, downloadCli } from "../../toolchain/setup/download-cli";
import { ENGINES, engineVersion } from "../../toolchain/setup/engines";
import { ToolchainMissing } from "../../toolchain/setup/failure";
import { buildEngine } from "../../toolchain/setup/go-build";
import { chooseLanguageHost } from "../../toolchain/setup/language-host";
import { machineEnvironment } from "../../toolchain/setup/machine";
import { choosePlugin, pluginHome } from "../../toolchain/setup/plugins";
import { isRecentEnough } from "../../toolchain/setup/pulumi-cli";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "flymon-setup-")));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text = ""): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};
const executable = (name: string): string => {
  const file = write(name, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
};

describe("the choice between the vendor's programs and the stand-ins", () => {
  const plugin = { name: "command", version: "1.2.1" } as const;

  it.each([
    ["v3.250.0", true],
    ["v3.200.0", true],
    ["3.199.9", false],
    ["v2.999.0", false],
    ["v4.0.0", true],
    ["v3.201.0-alpha.1", true],
    ["", false],
    ["dev", false],
  ])("a CLI of version %j is taken: %s", (version, taken) => {
    expect(isRecentEnough(version)).toBe(taken);
  });

  it("takes the language host beside the CLI's real file, then the one on PATH", () => {
    const cli = executable("cli/pulumi");
    const env = { PATH: path.join(folder, "other") };
    expect(chooseLanguageHost(cli, env)).toEqual({ kind: "stand-in" });
    const onPath = executable("other/pulumi-language-nodejs");
    expect(chooseLanguageHost(cli, env)).toEqual({ kind: "vendor", file: onPath });
    const beside = executable("cli/pulumi-language-nodejs");
    expect(chooseLanguageHost(cli, env)).toEqual({ kind: "vendor", file: beside });
  });

  it("takes a plugin on PATH, then the exact version in PULUMI_HOME, and no other version", () => {
    const env = { PATH: path.join(folder, "bin"), PULUMI_HOME: path.join(folder, "home") };
    executable("home/plugins/resource-command-v1.2.0/pulumi-resource-command");
    expect(choosePlugin(plugin, env)).toEqual({ kind: "stand-in" });
    const installed = executable("home/plugins/resource-command-v1.2.1/pulumi-resource-command");
    expect(choosePlugin(plugin, env)).toEqual({ kind: "installed", file: installed });
    const onPath = executable("bin/pulumi-resource-command");
    expect(choosePlugin(plugin, env)).toEqual({ kind: "on PATH", file: onPath });
  });

  it("leaves PULUMI_HOME alone where the vendor's plugins are all there", async () => {
    const env = { FLYMON_CACHE: path.join(folder, "cache") };
    const choice = { kind: "installed", file: executable("p") } as const;
    expect(await pluginHome([{ ...plugin, choice }], env)).toEqual({ env: {}, bundles: [] });
    expect(existsSync(env.FLYMON_CACHE)).toBe(false);
  });

  it("puts a stand-in beside a link to the vendor's where one is missing, and keeps the login visible", async () => {
    const env = { FLYMON_CACHE: path.join(folder, "cache"), PULUMI_HOME: path.join(folder, "home") };
    const file = executable("home/plugins/resource-random-v4.21.2/pulumi-resource-random");
    const made = await pluginHome(
      [
        { ...plugin, choice: { kind: "stand-in" } },
        { name: "random", version: "4.21.2", choice: { kind: "installed", file } },
      ],
      env,
    );
    const plugins = path.join(String(made.env["PULUMI_HOME"]), "plugins");
    expect(readdirSync(plugins).sort()).toEqual(["resource-command-v1.2.1", "resource-random-v4.21.2"]);
    expect(realpathSync(path.join(plugins, "resource-random-v4.21.2", "pulumi-resource-random"))).toBe(file);
    const standIn = path.join(plugins, "resource-command-v1.2.1", "pulumi-resource-command");
    expect(statSync(standIn).mode & 0o111).toBe(0o111);
    expect(readFileSync(standIn, "utf8")).not.toContain(process.cwd());
    expect(made.env["PULUMI_CREDENTIALS_PATH"]).toBe(env.PULUMI_HOME);
  });

  it("does not mistake its own parts for the vendor's when set up from within", () => {
    const cache = path.join(folder, "cache");
    const outer = { PATH: "/usr/bin", PULUMI_HOME: "/home/u/.pulumi" };
    const inner = {
      PATH: `${cache}/cli/x:/usr/bin`,
      PULUMI_HOME: `${cache}/home/y`,
      PULUMI_CREDENTIALS_PATH: "/home/u/.pulumi",
    };
    expect(machineEnvironment(inner, cache)).toEqual(outer);
    expect(machineEnvironment(outer, cache)).toEqual(outer);
  });
});

describe("the vendor's download", () => {
  const VERSION = "v3.250.0";
  const archive = `pulumi-${VERSION}-${process.platform}-${process.arch}.tar.gz`;

  const serve = async (
    files: Record<string, Buffer | string>,
    use: (url: string) => Promise<void>,
  ): Promise<void> => {
    const server = createServer((request, response) => {
      const found = files[String(request.url).split("/").at(-1) ?? ""];
      response.statusCode = found === undefined ? 404 : 200;
      response.end(found);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await use(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  const packed = (): Buffer => {
    executable("src/pulumi/pulumi");
    executable("src/pulumi/pulumi-language-nodejs");
    execFileSync("tar", ["-czf", path.join(folder, "a.tgz"), "-C", path.join(folder, "src"), "pulumi"]);
    return readFileSync(path.join(folder, "a.tgz"));
  };
  const target = (): string => path.join(folder, "cache", "pulumi");

  it("unpacks what has the published checksum", async () => {
    const contents = packed();
    const sum = createHash("sha256").update(contents).digest("hex");
    const files = {
      [archive]: contents,
      "pulumi-3.250.0-checksums.txt": `0000  other.tar.gz\n${sum}  ${archive}\n`,
    };
    await serve(files, async (url) => {
      const cli = await downloadCli(VERSION, target(), { releases: url, checksums: url }, () => undefined);
      expect(readdirSync(path.dirname(cli)).sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
    });
  });

  it("keeps nothing of an archive with another checksum", async () => {
    const files = { [archive]: packed(), "pulumi-3.250.0-checksums.txt": `${"0".repeat(64)}  ${archive}\n` };
    await serve(files, async (url) => {
      await expect(
        downloadCli(VERSION, target(), { releases: url, checksums: url }, () => undefined),
      ).rejects.toThrow(/has SHA-256 [0-9a-f]{64}, the vendor's list says 0{64}/);
    });
    expect(readdirSync(path.dirname(target()))).toEqual([]);
  });

  it("gives up soon on a host that does not answer", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
    const since = Date.now();
    await expect(
      downloadCli(VERSION, target(), { releases: url, checksums: url }, () => undefined),
    ).rejects.toThrow("cannot be reached");
    expect(Date.now() - since).toBeLessThan(5_000);
    silent.closeAllConnections();
    silent.close();
  });

  it("finds a checksum by the file's whole name", () => {
    expect(checksumFor("aa  x.tar.gz\nbb  pulumi-x.tar.gz\n", "x.tar.gz")).toBe("aa");
    expect(checksumFor("bb  pulumi-x.tar.gz\n", "x.tar.gz")).toBeUndefined();
  });
});

describe("the cache", () => {
  it("knows what a bundle is made of, so that a change of it is noticed", () => {
    const { sources, contents } = bundleOf("stand-ins/random/main.ts");
    expect(sources).toEqual(
      expect.arrayContaining([
        "toolchain/stand-ins/random/characters.ts",
        "toolchain/grpc/serve.ts",
        "node_modules/@pulumi/random/package.json",
      ]),
    );
    for (const file of sources) expect(existsSync(path.join(repositoryRoot, file)), file).toBe(true);
    expect(contents.toString()).not.toContain(repositoryRoot);
  });

  it("makes a folder once for many who ask at the same time, and shows it only when complete", async () => {
    const target = path.join(folder, "made");
    let runs = 0;
    const fill = async (aside: string): Promise<void> => {
      runs += 1;
      writeFileSync(path.join(aside, "one"), "");
      await sleep(50);
      expect(existsSync(target)).toBe(false);
    };
    await Promise.all([makeOnce(target, fill), makeOnce(target, fill), makeOnce(target, fill)]);
    expect(runs).toBe(1);
    expect(readdirSync(folder)).toEqual(["made"]);
  });

  it("leaves nothing of a failed attempt, and takes over from a process that was killed", async () => {
    const target = path.join(folder, "made");
    await expect(makeOnce(target, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(readdirSync(folder)).toEqual([]);
    // No process has this number: Linux ends at 2^22.
    write("made.lock", "99999999");
    await makeOnce(target, () => Promise.resolve());
    expect(readdirSync(folder)).toEqual(["made"]);
  });

  it("says what to install where neither the CLI nor Go can be had", async () => {
    const env = { PATH: folder, FLYMON_CACHE: folder };
    await expect(buildEngine(ENGINES.pulumi, env, () => undefined)).rejects.toSatisfy(
      (error) => error instanceof ToolchainMissing && error.message.includes("go.dev/dl"),
    );
  });

  it("reads each engine's version from its go.mod", () => {
    for (const engine of Object.values(ENGINES)) expect(engineVersion(engine)).toMatch(/^v\d+\.\d+\.\d+$/);
  });
});

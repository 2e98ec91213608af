import { createHash } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { makeOnce } from "./cache";
import type { Note } from "../progress";

/** Where the vendor's release and its checksums lie; tests point it elsewhere. */
export interface VendorAddresses {
  readonly releases: string;
  readonly checksums: string;
}

export const VENDOR: VendorAddresses = {
  releases: "https://get.pulumi.com/releases/sdk",
  checksums: "https://github.com/pulumi/pulumi/releases/download",
};

/** A host that does not answer in this time counts as unreachable. */
const CONNECT_MS = 3_000;
/** The archive has about 120 MB. */
const DOWNLOAD_MS = 300_000;

/** Fetches with a short limit for the first answer and a long one for the body. */
const fetchSoon = async (url: string): Promise<Response> => {
  const unreachable = (error: unknown): never => {
    throw new Error(`${new URL(url).host} cannot be reached`, { cause: error });
  };
  const silent = new AbortController();
  const timer = setTimeout(() => {
    silent.abort();
  }, CONNECT_MS);
  try {
    const signal = AbortSignal.any([silent.signal, AbortSignal.timeout(DOWNLOAD_MS)]);
    const response = await fetch(url, { signal }).catch(unreachable);
    if (!response.ok) throw new Error(`${url} answered ${String(response.status)}`);
    return response;
  } finally {
    clearTimeout(timer);
  }
};

/** Whether the vendor's download host answers at all. */
export const vendorReachable = async ({ releases }: VendorAddresses): Promise<boolean> => {
  try {
    await fetch(new URL("/", releases), { method: "HEAD", signal: AbortSignal.timeout(CONNECT_MS) });
    return true;
  } catch {
    return false;
  }
};

const archiveName = (version: string): string => {
  const system = process.platform === "win32" ? "windows" : process.platform;
  return `pulumi-${version}-${system}-${process.arch}.${system === "windows" ? "zip" : "tar.gz"}`;
};

/** The archive's SHA-256 in the vendor's list ("HEX  FILE" lines). */
export const checksumFor = (list: string, file: string): string | undefined =>
  list
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(([, name]) => name === file)?.[0];

/**
 * Downloads the vendor's release of the CLI into `target` (the CLI with its language hosts) and returns the CLI's
 * path. The archive is checked against the checksums that the vendor publishes for that version with its release on
 * GitHub, a host apart from the download's. No hash is pinned here: there was none to pin, as the project is
 * developed where neither host can be reached.
 */
export const downloadCli = async (
  version: string,
  target: string,
  addresses: VendorAddresses,
  note: Note,
): Promise<string> => {
  const archive = archiveName(version);
  await makeOnce(target, async (aside) => {
    const bare = version.replace(/^v/, "");
    const list = await (
      await fetchSoon(`${addresses.checksums}/${version}/pulumi-${bare}-checksums.txt`)
    ).text();
    const expected = checksumFor(list, archive);
    if (expected === undefined) throw new Error(`the vendor lists no checksum for ${archive}`);

    note(`downloading ${archive}`);
    const file = path.join(aside, archive);
    const { body } = await fetchSoon(`${addresses.releases}/${archive}`);
    if (!body) throw new Error(`${archive} came without contents`);
    await writeFile(file, Readable.fromWeb(body));
    const actual = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    if (actual !== expected)
      throw new Error(`${archive} has SHA-256 ${actual}, the vendor's list says ${expected}`);

    const { execa } = await import("execa");
    await execa("tar", ["-xf", file, "-C", aside, "--strip-components", "1"], { stdin: "ignore" });
    await rm(file);
    // The Windows archive has one folder more.
    if (process.platform === "win32") await rename(path.join(aside, "bin"), path.join(aside, "pulumi"));
  });
  return process.platform === "win32"
    ? path.join(target, "pulumi", "pulumi.exe")
    : path.join(target, "pulumi");
};

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../../toolchain/root";

const folder = path.join(repositoryRoot, "test/fixtures/fly-toml");

/** fly.toml files in the styles found in public repositories. */
export const flyTomlFixtures: readonly (readonly [name: string, text: string])[] = readdirSync(folder)
  .filter((name) => name.endsWith(".toml"))
  .sort()
  .map((name) => [name, readFileSync(path.join(folder, name), "utf8")]);

export const fixture = (name: string): string => readFileSync(path.join(folder, name), "utf8");

/** What lint must name in each: line and rule. Read by hand once; the words are not pinned. */
export const expectedFindings = JSON.parse(
  readFileSync(path.join(folder, "findings.json"), "utf8"),
) as Readonly<Record<string, readonly string[]>>;

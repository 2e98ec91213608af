import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../toolchain/root";
import { policiesPage } from "./page";

// npm run docs:policies            writes docs/policies.md
// npm run docs:policies -- --check exits 7 where the page is not what the rules say
const file = path.join(repositoryRoot, "docs", "policies.md");

const present = (): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

const [flag, ...others] = process.argv.slice(2);
if ((flag !== undefined && flag !== "--check") || others.length > 0) {
  process.stderr.write("usage: npm run docs:policies [-- --check]\n");
  process.exitCode = 2;
} else if (present() === policiesPage()) {
  process.stderr.write("docs/policies.md is up to date\n");
} else if (flag === "--check") {
  process.stderr.write("docs/policies.md is stale: run npm run docs:policies and commit the page\n");
  process.exitCode = 7;
} else {
  writeFileSync(file, policiesPage());
  process.stderr.write("docs/policies.md written\n");
}

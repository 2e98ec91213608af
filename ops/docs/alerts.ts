import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { alertsPage } from "../../infra/render/alerts/page";
import { repositoryRoot } from "../../toolchain/root";
import { exitCodes } from "../exit-codes";
import { say } from "../talk";
import { wholeFleet } from "./whole-fleet";

// npm run docs:alerts             writes docs/alerts.md
// npm run docs:alerts -- --check  exits 7 where the page is not what the rules say
const file = path.join(repositoryRoot, "docs", "alerts.md");

const present = (): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

const [flag, ...others] = process.argv.slice(2);
const page = alertsPage(wholeFleet());
if ((flag !== undefined && flag !== "--check") || others.length > 0) {
  say("usage: npm run docs:alerts [-- --check]");
  process.exitCode = exitCodes.usage;
} else if (present() === page) {
  say("docs/alerts.md is up to date");
} else if (flag === "--check") {
  say("docs/alerts.md is stale: run npm run docs:alerts and commit the page");
  process.exitCode = exitCodes.changes;
} else {
  writeFileSync(file, page);
  say("docs/alerts.md written");
}

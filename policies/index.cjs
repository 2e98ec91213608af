"use strict";
// Entry of the policy pack (package.json, "main"). The SDK is bundled in: most of what it would load at start (npm's
// own resolver, for serialised closures) no policy ever uses, and the engine waits for this process on every preview.
const path = require("node:path");
const { run } = require("../toolchain/typescript.cjs");

module.exports = run(path.join(__dirname, "index.ts"), {
  packages: "bundle",
  external: ["typescript"],
  alias: { "@npmcli/arborist": path.join(__dirname, "unused.cjs") },
});

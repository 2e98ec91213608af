"use strict";
// Starts the sandbox: `node sandbox/main.cjs [--help]`.
require("../toolchain/typescript.cjs").run(require("node:path").join(__dirname, "main.ts"), {
  packages: "bundle",
});

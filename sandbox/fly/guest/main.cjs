"use strict";
// A machine's program, started by the sandbox's Fly.
require("../../../toolchain/typescript.cjs").run(require("node:path").join(__dirname, "main.ts"), {
  packages: "bundle",
});

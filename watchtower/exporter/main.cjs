"use strict";
// Starts the exporter from the checkout: `node watchtower/exporter/main.cjs --help`. On a machine its bundle runs alone.
require("../../toolchain/typescript.cjs").run(require("node:path").join(__dirname, "main.ts"), {
  packages: "bundle",
  minify: true,
});

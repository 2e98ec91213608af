"use strict";
// Entry of the policy pack (package.json, "main"). Only the SDK stays outside of the bundle: its instance is the one
// that serves the engine.
const path = require("node:path");
const { run } = require("../toolchain/typescript.cjs");

module.exports = run(path.join(__dirname, "index.ts"), { packages: "bundle", external: ["@pulumi/*"] });

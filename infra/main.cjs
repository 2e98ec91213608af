"use strict";
// Entry of the Pulumi program (package.json, "main"). Pulumi's packages stay outside of the bundle: their instance is
// the one that the language host has set up.
const path = require("node:path");
const { run } = require("../toolchain/typescript.cjs");

module.exports = run(path.join(__dirname, "index.ts"), { packages: "bundle", external: ["@pulumi/*"] });

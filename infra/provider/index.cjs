"use strict";
// The plugin's start: `node index.cjs ENGINE_ADDRESS`, by hand, by a language host or through @pulumi/pulumi's
// run-plugin. Packages are bundled in, because the engine waits for this process on every preview.
const path = require("node:path");
const { run } = require("../../toolchain/typescript.cjs");

run(path.join(__dirname, "main.ts"), { packages: "bundle" });

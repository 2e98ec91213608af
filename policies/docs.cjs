"use strict";
// npm run docs:policies
const path = require("node:path");
const { run } = require("../toolchain/typescript.cjs");

run(path.join(__dirname, "docs.ts"), { packages: "bundle" });

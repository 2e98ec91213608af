"use strict";
// npm run docs:alerts
const path = require("node:path");
const { run } = require("../../toolchain/typescript.cjs");

run(path.join(__dirname, "alerts.ts"), { packages: "bundle" });

"use strict";
// Entry of the Pulumi program (package.json, "main").
module.exports = require("../toolchain/typescript.cjs").run(require("node:path").join(__dirname, "index.ts"));

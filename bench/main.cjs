"use strict";
require("../toolchain/typescript.cjs").run(require("node:path").join(__dirname, "main.ts"));

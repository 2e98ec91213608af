"use strict";
const path = require("node:path");
require("./typescript.cjs").run(path.join(__dirname, "setup", "main.ts"));

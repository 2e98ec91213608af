"use strict";
// Entry of the Pulumi program (package.json, "main"). Pulumi's packages stay outside of the bundle: their instance is
// the one that the language host has set up.
const path = require("node:path");

// Pulumi looks at the stack of every promise of every resource, each frame through a source map: a fifth of the
// program's time. One frame tells where an unforeseen error was thrown; FLYMON_DEBUG shows them all.
if (!process.env.FLYMON_DEBUG) Error.stackTraceLimit = 1;

// At its debug level the SDK tells the engine what each resource has answered, a generated password or a heartbeat's
// address in plain text: `--debug` shows that, and every event log keeps it.
require("@pulumi/pulumi/log").debug = () => Promise.resolve();

const { run } = require("../toolchain/typescript.cjs");

module.exports = run(path.join(__dirname, "index.ts"), { packages: "bundle", external: ["@pulumi/*"] });

"use strict";
// Runs a TypeScript entry point at the speed of JavaScript: esbuild bundles it once per change of any of its
// inputs, and an unchanged bundle is simply required. So `pulumi preview` by the vendor's CLI works right after
// `npm ci`, nobody can preview a stale build, and no start pays for a compiler.
const { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const vm = require("node:vm");

const root = path.resolve(__dirname, "..");
const cache = path.join(root, ".flymon", "build");

const stamp = (file) => {
  const { mtimeMs, size } = statSync(path.join(root, file));
  return `${mtimeMs}:${size}`;
};

const readIfThere = (file) => {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
};

/** True when the bundle still matches the options and every input it was made from. */
const fresh = (bundle, manifest, options) => {
  try {
    const made = JSON.parse(readFileSync(manifest, "utf8"));
    return (
      made.options === options &&
      Object.keys(made.inputs).every((file) => stamp(file) === made.inputs[file]) &&
      statSync(bundle).isFile()
    );
  } catch {
    return false; // no bundle yet, or an input is gone: build
  }
};

// Two processes may build the same entry at once (preview starts the program and its provider side by side):
// each writes aside and renames, so that neither ever reads half a file.
const writeWhole = (file, contents) => {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, contents);
  renameSync(aside, file);
};

/**
 * Bundles `entry` (absolute path of a .ts file) if needed and returns the bundle's path.
 * `packages: "external"` (default) leaves npm packages to Node, which is needed wherever an instance is shared
 * with the vendor's runtime; `"bundle"` inlines them, which starts faster. `alias` puts another file in a package's
 * place. `minify` (no source map then) is for bundles that are installed outside the checkout.
 */
const bundle = (entry, { packages = "external", external = [], alias = {}, minify = false } = {}) => {
  const name = path.relative(root, entry).replace(/\.ts$/, "").replaceAll(path.sep, "-");
  const file = path.join(cache, `${name}.cjs`);
  const manifest = path.join(cache, `${name}.inputs.json`);
  // Pulumi looks at the stack of every resource, so a map there costs seconds in a large fleet; only the stack of an
  // unforeseen error needs one.
  const sourcemap = process.env.FLYMON_DEBUG && !minify ? "linked" : false;
  const options = JSON.stringify({ packages, external, alias, minify, sourcemap });
  if (fresh(file, manifest, options)) return file;

  const { buildSync } = require("esbuild");
  mkdirSync(cache, { recursive: true });
  const result = buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    packages,
    external,
    alias,
    sourcemap,
    sourcesContent: false,
    logLevel: "error",
    minify,
  });
  rmSync(`${file}.v8`, { force: true });
  for (const { path: output, contents } of result.outputFiles) writeWhole(output, contents);
  const files = Object.keys(result.metafile.inputs).filter((input) => !input.startsWith("(disabled)"));
  // How bundles are made is an input of every bundle.
  files.push(path.relative(root, __filename));
  const inputs = Object.fromEntries(files.map((input) => [input, stamp(input)]));
  writeWhole(manifest, JSON.stringify({ options, inputs }));
  return file;
};

/** The files, relative to the repository's root, that the bundle `file` was made from. */
const sources = (file) =>
  Object.keys(JSON.parse(readFileSync(file.replace(/\.cjs$/, ".inputs.json"), "utf8")).inputs);

/**
 * Requires a bundle with the code that V8 compiled in an earlier run, if there is any: compiling is a third of a
 * start. What this run compiles is kept for the next one.
 */
const requireCompiled = (file) => {
  const compiled = `${file}.v8`;
  const script = new vm.Script(Module.wrap(readFileSync(file, "utf8")), {
    filename: file,
    cachedData: readIfThere(compiled),
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (script.cachedDataRejected !== false) {
    process.once("exit", () => {
      try {
        writeWhole(compiled, script.createCachedData());
      } catch {
        // A cache that cannot be written costs time, nothing else.
      }
    });
  }
  const made = new Module(file, module);
  made.filename = file;
  script
    .runInThisContext()
    .call(made.exports, made.exports, Module.createRequire(file), made, file, path.dirname(file));
  return made.exports;
};

/** Bundles `entry` if needed and runs it in this process; its exports are returned. */
const run = (entry, options) => {
  if (process.env.FLYMON_DEBUG) process.setSourceMapsEnabled(true);
  return requireCompiled(bundle(entry, options));
};

module.exports = { bundle, run };

import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

/** Which folders each folder may not import from: dependencies point one way (docs/architecture.md). */
const forbidden = {
  "infra/model": ["render", "components", "fleet", "provider", "@pulumi", "node:fs", "node:http"],
  "infra/render": ["components", "fleet", "provider", "@pulumi", "node:fs", "node:http"],
  "infra/toml": ["components", "fleet", "provider", "@pulumi", "node:fs", "node:http"],
  "infra/fleet": ["render", "components", "provider", "@pulumi", "node:fs"],
  "infra/components": ["fleet", "provider", "policies", "ops", "sandbox"],
  "infra/provider": ["fleet", "components", "policies", "ops", "sandbox"],
  policies: ["provider", "components", "fleet", "ops", "sandbox"],
  ops: ["provider", "components", "policies", "sandbox"],
  sandbox: ["provider", "components", "fleet", "policies", "ops"],
  // Each is one file that runs alone on a machine.
  watchtower: [
    ...["render", "components", "fleet", "provider", "toml", "policies", "ops", "sandbox", "toolchain"],
    "@pulumi",
  ],
};

const oneWay = Object.entries(forbidden).map(([folder, targets]) => ({
  files: [`${folder}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: targets.map((target) => ({
          regex: target.includes("@") || target.includes(":") ? `^${target}` : `^\\.{1,2}/(.*/)?${target}/`,
          message: `${folder} does not depend on ${target} (docs/architecture.md).`,
        })),
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["node_modules/", ".flymon/", "generated/", "**/*.cjs", "test/**/fixtures/"] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.mjs"] } } },
    rules: {
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "TSEnumDeclaration", message: "Use a union of strings." },
        { selector: "ImportDeclaration[source.value=/[.]js$/]", message: "Imports carry no extension." },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      // A part that is taken out of an object to be left behind.
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      // Numbers and booleans read well in messages.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  { files: ["**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
  ...oneWay,
);

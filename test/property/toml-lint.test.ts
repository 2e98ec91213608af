import { stringify, type JsonMap } from "@iarna/toml";
import fc from "fast-check";
import { test } from "vitest";
import { lintFlyToml, ruleIds, suppressionRule } from "../../infra/toml/lint";
import { mergeFlyToml, UnmergeableError } from "../../infra/toml/merge";
import { flySchema, type Shape } from "../../infra/toml/schema";
import { TomlSyntaxError } from "../../infra/toml/syntax-error";
import { resolved } from "../support/arbitrary-app";
import { soundApp } from "../support/declarations";
import { flyTomlFixtures } from "../support/fly-toml-fixtures";
import { runs } from "../support/runs";
import { expectSame } from "../support/same";

const namesIn = (shape: Shape): string[] =>
  shape.type === "table" || shape.type === "tables"
    ? Object.entries(shape.keys).flatMap(([key, inner]) => [key, ...namesIn(inner)])
    : shape.type === "named"
      ? namesIn(shape.entry)
      : [];
const names = [...new Set(namesIn(flySchema))];

/** Fly's own keys in any place with any value, now and then a word that is nobody's. */
const { tree } = fc.letrec<{ tree: Record<string, unknown>; value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom<unknown>(
      "stop",
      "15s",
      "1gb",
      "http",
      "/",
      "",
      "app",
      "GET",
      true,
      false,
      0,
      8080,
      -1,
      1.5,
      70_000,
    ),
    fc.string({ maxLength: 8 }),
    fc.array(fc.constantFrom("app", "web", "http"), { maxLength: 2 }),
    fc.array(tie("tree"), { maxLength: 2 }),
    tie("tree"),
  ),
  tree: fc.dictionary(
    fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...names) }, fc.string({ minLength: 1, maxLength: 6 })),
    tie("value"),
    { maxKeys: 6, noNullPrototype: true },
  ),
}));

/** TOML of any kind, and real files with pieces cut out, doubled or replaced. */
const anyToml = fc.oneof(
  tree.map((data) => {
    try {
      return stringify(data as JsonMap);
    } catch {
      return "";
    }
  }),
  fc
    .tuple(
      fc.constantFrom(...flyTomlFixtures.map(([, text]) => text)),
      fc.array(
        fc.tuple(
          fc.nat(),
          fc.nat({ max: 40 }),
          fc.constantFrom("", "\n", '"', "[", "]", "# x\n", "= 1", "[[services]]\n"),
        ),
        {
          maxLength: 3,
        },
      ),
    )
    .map(([text, cuts]) =>
      cuts.reduce((left, [at, length, put]) => {
        const start = at % (left.length + 1);
        return left.slice(0, start) + put + left.slice(start + length);
      }, text),
    ),
);

const app = resolved(soundApp());
const known = new Set([...ruleIds, suppressionRule]);

test("lint and merge take any text: findings with their places, or one syntax error with its line", () => {
  fc.assert(
    fc.property(anyToml, (text) => {
      try {
        const lines = text.split("\n").length;
        for (const { rule, line, column, endLine, fix, message } of lintFlyToml(text, "fly.toml")) {
          expectSame(known.has(rule) && fix !== "" && message !== "", true);
          expectSame(line >= 1 && line <= endLine && endLine <= lines && column >= 1, true);
        }
        const { text: merged } = mergeFlyToml(text, app);
        expectSame(mergeFlyToml(merged, app).text, merged);
      } catch (error) {
        if (!(error instanceof TomlSyntaxError || error instanceof UnmergeableError)) throw error;
        expectSame(error.line >= 1, true);
      }
    }),
    runs,
  );
});

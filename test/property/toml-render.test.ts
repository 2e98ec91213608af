import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flyTomlFile } from "../../infra/render/files";
import { flyTomlText } from "../../infra/render/toml-text";
import { parseDocument } from "../../infra/toml/document";
import { lintFlyToml } from "../../infra/toml/lint";
import { mergeFlyToml } from "../../infra/toml/merge";
import { declaredInToml, readDeclaration } from "../../infra/toml/read-declaration";
import type { ResolvedApp } from "../../infra/model/app";
import { arbitraryApp } from "../support/arbitrary-app";
import { runs } from "../support/runs";

const fragment = (app: ResolvedApp): string => {
  const { settings, header } = flyTomlFile(app, "test");
  return flyTomlText(settings, header);
};

describe("the fragment of any app", () => {
  test("reads back as the declaration it was rendered from", () => {
    fc.assert(
      fc.property(arbitraryApp, (app) => {
        expect(readDeclaration(parseDocument(fragment(app)))).toEqual(declaredInToml(app));
      }),
      runs,
    );
  });

  test("has nothing that lint names, and nothing left to merge", () => {
    fc.assert(
      fc.property(arbitraryApp, (app) => {
        const text = fragment(app);
        expect(lintFlyToml(text, "fly.toml")).toEqual([]);
        expect(mergeFlyToml(text, app)).toEqual({ text, changes: [] });
      }),
      runs,
    );
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { flyTomlFile } from "../../infra/render/files";
import { flyTomlText } from "../../infra/render/toml-text";
import { parseDocument } from "../../infra/toml/document";
import { lintDocument } from "../../infra/toml/lint";
import { mergeFlyToml } from "../../infra/toml/merge";
import { declaredInToml, readDeclaration } from "../../infra/toml/read-declaration";
import { arbitraryApp } from "../support/arbitrary-app";
import { runs } from "../support/runs";
import { expectSame } from "../support/same";

test("the fragment of any app reads back as its declaration, has nothing that lint names and nothing to merge", () => {
  fc.assert(
    fc.property(arbitraryApp, (app) => {
      const { settings, header } = flyTomlFile(app, "test");
      const text = flyTomlText(settings, header);
      const document = parseDocument(text);
      expect(readDeclaration(document)).toEqual(declaredInToml(app));
      expectSame(lintDocument(document, "fly.toml"), []);
      expectSame(mergeFlyToml(text, app), { text, changes: [] });
    }),
    runs,
  );
});

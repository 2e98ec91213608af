import fc from "fast-check";
import { test } from "vitest";
import { dataOf, parseDocument } from "../../infra/toml/document";
import { mergeFlyToml } from "../../infra/toml/merge";
import { readDeclaration } from "../../infra/toml/read-declaration";
import { arbitraryApp } from "../support/arbitrary-app";
import { saidOf, wantedOf } from "../support/in-line";
import { runs } from "../support/runs";
import { expectSame } from "../support/same";
import { diceOf, missingComments, seed, spelled } from "../support/spelled-toml";
import { wildSettings } from "../support/wild-fly-toml";

/** A new group may become the one that unnamed sections go to: then the volume is told its group by name. */
const withoutGroups = (mounts: unknown): unknown =>
  (mounts as Record<string, unknown>[] | undefined)?.map(({ processes: _, ...mount }) => mount);

test("merging any other declaration keeps what is the app's own, and every comment", () => {
  fc.assert(
    fc.property(arbitraryApp, arbitraryApp, seed, (app, other, number) => {
      const dice = diceOf(number);
      const wild = wildSettings(app, dice);
      const { text, comments } = spelled(wild, dice);
      const merged = mergeFlyToml(text, other).text;
      const document = parseDocument(merged);
      const data = dataOf(document.root) as Record<string, unknown>;
      for (const key of ["build", "env", "statics", "files"]) expectSame(data[key], wild[key]);
      expectSame(withoutGroups(data["mounts"]), withoutGroups(wild["mounts"]));
      expectSame(missingComments(comments, document), []);
      expectSame(saidOf(readDeclaration(document), other), wantedOf(other));
      expectSame(mergeFlyToml(merged, other), { text: merged, changes: [] });
      expectSame(merged.includes("\r\n"), text.includes("\r\n"));
    }),
    runs,
  );
});

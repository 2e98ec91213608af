import fc from "fast-check";
import { describe, test } from "vitest";
import type { ResolvedApp } from "../../infra/model/app";
import type { TomlDocument } from "../../infra/toml/document";
import { dataOf, parseDocument } from "../../infra/toml/document";
import { mergeFlyToml } from "../../infra/toml/merge";
import { readDeclaration } from "../../infra/toml/read-declaration";
import { arbitraryApp } from "../support/arbitrary-app";
import { saidOf, wantedOf } from "../support/in-line";
import { runs } from "../support/runs";
import { expectSame } from "../support/same";
import { diceOf, spelled } from "../support/spelled-toml";
import { foreignIn, wildSettings } from "../support/wild-fly-toml";

const seed = fc.integer({ min: 0, max: 0x7fffffff });

/** `app` with the timing, limits and paths of another declaration of the same shape: nothing is added or removed. */
const retuned = (app: ResolvedApp): ResolvedApp => ({
  ...app,
  region: "ams",
  processGroups: Object.fromEntries(
    Object.entries(app.processGroups).map(([name, group]) => [
      name,
      {
        ...group,
        vm: group.vm && { cpuKind: "shared", cpus: 1, memory: "1gb" },
        services: group.services.map((service) => ({
          ...service,
          checks: service.checks.map((check) =>
            check.type === "http"
              ? { ...check, interval: "45s", headers: { "X-New": "1" } }
              : { ...check, timeout: "9s" },
          ),
        })),
        ...(group.autoStop === undefined
          ? {}
          : { autoStop: { autoStopMachines: "off" as const, autoStartMachines: true } }),
        ...(group.autoscaling === undefined
          ? {}
          : { autoscaling: { ...group.autoscaling, minMachinesRunning: 2 } }),
      },
    ]),
  ),
});

const missing = (comments: readonly string[], document: TomlDocument): string[] => {
  const left = new Set(document.comments.map((comment) => comment.text));
  return comments.filter((comment) => !left.has(comment));
};

/** A new group may become the one that unnamed sections go to: then the volume is told its group by name. */
const withoutGroups = (mounts: unknown): unknown =>
  (mounts as Record<string, unknown>[] | undefined)?.map(({ processes: _, ...mount }) => mount);

describe("merge", () => {
  test("of a declaration of the same shape keeps every foreign key, value and comment, and brings it in line", () => {
    fc.assert(
      fc.property(arbitraryApp, seed, (app, number) => {
        const dice = diceOf(number);
        const { text, comments } = spelled(wildSettings(app, dice), dice);
        const declared = retuned(app);
        const merged = mergeFlyToml(text, declared).text;
        const document = parseDocument(merged);
        expectSame(saidOf(readDeclaration(document), declared), wantedOf(declared));
        expectSame(foreignIn(dataOf(document.root)), foreignIn(dataOf(parseDocument(text).root)));
        expectSame(missing(comments, document), []);
        expectSame(mergeFlyToml(merged, declared), { text: merged, changes: [] });
      }),
      runs,
    );
  });

  test("of any other declaration keeps what is the app's own, and every comment", () => {
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
        expectSame(missing(comments, document), []);
        expectSame(saidOf(readDeclaration(document), other), wantedOf(other));
        expectSame(mergeFlyToml(merged, other), { text: merged, changes: [] });
        expectSame(merged.includes("\r\n"), text.includes("\r\n"));
      }),
      runs,
    );
  });
});

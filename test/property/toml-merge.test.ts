import fc from "fast-check";
import { test } from "vitest";
import type { ResolvedApp } from "../../infra/model/app";
import { dataOf, parseDocument } from "../../infra/toml/document";
import { mergeFlyToml } from "../../infra/toml/merge";
import { readDeclaration } from "../../infra/toml/read-declaration";
import { arbitraryApp } from "../support/arbitrary-app";
import { saidOf, wantedOf } from "../support/in-line";
import { runs } from "../support/runs";
import { expectSame } from "../support/same";
import { diceOf, missingComments, seed, spelled } from "../support/spelled-toml";
import { foreignIn, wildSettings } from "../support/wild-fly-toml";

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

test("merging a declaration of the same shape keeps every foreign key, value and comment, and brings it in line", () => {
  fc.assert(
    fc.property(arbitraryApp, seed, (app, number) => {
      const dice = diceOf(number);
      const { text, comments } = spelled(wildSettings(app, dice), dice);
      const declared = retuned(app);
      const merged = mergeFlyToml(text, declared).text;
      const document = parseDocument(merged);
      expectSame(saidOf(readDeclaration(document), declared), wantedOf(declared));
      expectSame(foreignIn(dataOf(document.root)), foreignIn(dataOf(parseDocument(text).root)));
      expectSame(missingComments(comments, document), []);
      expectSame(mergeFlyToml(merged, declared), { text: merged, changes: [] });
    }),
    runs,
  );
});

import fc from "fast-check";
import { fleet as hotdash } from "../infra/fleet";
import type { AppDeclaration } from "../infra/model/app";
import type { Declared, Fleet } from "../infra/model/fleet";
import { declareApp, parseSettings, resolveFleet } from "../infra/model/fleet";
import { arbitraryDeclaration } from "../test/support/arbitrary-app";

const seed = 20_251_019;

/**
 * A fleet of so many apps: HotDash's shapes, which have every kind of alert there is, in turn with arbitrary ones,
 * which have every kind of process group, service and check. The same number makes the same fleet.
 */
export const generatedFleet = (count: number): Fleet => {
  const shapes = hotdash.apps.map(({ declaration }) => declaration);
  const arbitrary = fc.sample(arbitraryDeclaration, { seed, numRuns: Math.ceil(count / 2) });
  const apps = Array.from({ length: count }, (_, index): Declared<AppDeclaration> => {
    const shape = index % 2 === 0 ? shapes[(index / 2) % shapes.length] : arbitrary[(index - 1) / 2];
    if (shape === undefined) throw new RangeError(`no shape for app ${index}`);
    return declareApp("bench/generated-fleet.ts", {
      ...shape,
      name: `bench-${String(index).padStart(4, "0")}`,
    });
  });
  return resolveFleet(
    { apps, alerting: hotdash.alerting },
    parseSettings("bench", {
      environment: "production",
      apps: apps.map(({ declaration }) => declaration.name),
    }),
  );
};

import { fleet as declared } from "../../infra/fleet";
import type { Fleet } from "../../infra/model/fleet";
import { parseSettings, resolveFleet } from "../../infra/model/fleet";

/** All declared apps in one stack that changes nothing. */
export const wholeFleet = (): Fleet =>
  resolveFleet(
    declared,
    parseSettings("whole", {
      environment: "production",
      apps: declared.apps.map(({ declaration }) => declaration.name),
    }),
  );

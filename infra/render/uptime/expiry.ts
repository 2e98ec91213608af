import type { Duration } from "../../model/units";
import { milliseconds } from "../../model/units";
import type { Monitor } from "../../model/uptime";

/** The earliest that any of an app's monitors wants to know: they share one address. */
export const longestExpiry = (
  monitors: readonly Monitor[],
  what: "certificateExpiry" | "domainExpiry",
): Duration | "off" =>
  monitors
    .map((monitor) => monitor[what])
    .reduce(
      (longest, next) =>
        next !== "off" && (longest === "off" || milliseconds(next) > milliseconds(longest)) ? next : longest,
      "off",
    );

import type { Severity } from "../../model/severity";
import { incidentLevel } from "../../model/severity";
import type { Level } from "./levels";
import { stepName } from "./levels";

/** What a message begins with; the same on every backend. */
export const alertWords = {
  triggered: "FAILING",
  acknowledged: "ACKNOWLEDGED",
  resolved: "RECOVERED",
} as const;

export type Turn = keyof typeof alertWords;

const emoji: Readonly<Record<Turn, string>> = {
  triggered: ":rotating_light:",
  acknowledged: ":eyes:",
  resolved: ":white_check_mark:",
};

/** ":rotating_light: FAILING *name* (SEV-1, critical)"; the name may be a backend's placeholder. */
export const headline = (turn: Turn, name: string, severity: Severity): string =>
  `${emoji[turn]} ${alertWords[turn]} *${name}* (${incidentLevel[severity]}, ${severity})`;

/** What stands before the headline of a later step. */
export const callOf = (level: Level): string =>
  level.isProcedure
    ? `<!channel> ${stepName(level)}: ${level.action}. Nobody has acknowledged it for ${level.step}.\n`
    : "";

import type { Duration } from "../../model/units";
import { divided, durationOf, goDuration, milliseconds } from "../../model/units";

/** A span as Alertmanager reads it, divided for a sandbox in which time runs faster: whole numbers and no days. */
export const span = (duration: Duration, divisor: number): string =>
  goDuration(durationOf(milliseconds(divided(duration, divisor))));

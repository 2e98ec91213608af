import { z } from "zod";

/**
 * How bad it is, mildest first: `info` (SEV-3), `warning` (SEV-2), `critical` (SEV-1).
 * Source: monitoring runbook, "Alert Channels".
 */
export const severities = ["info", "warning", "critical"] as const;
export type Severity = (typeof severities)[number];
export const severitySchema = z.enum(severities);

/** The incident level people say aloud for each severity. Source: monitoring runbook, "Alert Channels". */
export const incidentLevel: Record<Severity, string> = { info: "SEV-3", warning: "SEV-2", critical: "SEV-1" };

/** True when `severity` is at least as bad as `floor`. */
export const atLeast = (severity: Severity, floor: Severity): boolean =>
  severities.indexOf(severity) >= severities.indexOf(floor);

/** The severities up to and with `highest`, mildest first. */
export const upTo = (highest: Severity): Severity[] => severities.slice(0, severities.indexOf(highest) + 1);

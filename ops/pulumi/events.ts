import { z } from "zod";

/**
 * The lines of Pulumi's event log that tell how a run ended; the others are passed over. Source: apitype.EngineEvent
 * of pulumi/sdk, as CLI 3.250 writes it.
 */
const eventSchema = z.object({
  policyEvent: z
    .object({
      resourceUrn: z.string().default(""),
      message: z.string(),
      policyName: z.string(),
      enforcementLevel: z.string(),
    })
    .optional(),
  policyAnalyzeSummaryEvent: z
    .object({ passed: z.array(z.string()), failed: z.array(z.string()) })
    .partial()
    .optional(),
  policyAnalyzeStackSummaryEvent: z
    .object({ passed: z.array(z.string()), failed: z.array(z.string()) })
    .partial()
    .optional(),
  diagnosticEvent: z.object({ message: z.string(), severity: z.string() }).optional(),
  summaryEvent: z.object({ result: z.string().optional() }).optional(),
});

export type EngineEvent = z.output<typeof eventSchema>;

const asEvent = (line: string): EngineEvent[] => {
  try {
    const { success, data } = eventSchema.safeParse(JSON.parse(line));
    return success ? [data] : [];
  } catch {
    return []; // the last line of a run that was killed
  }
};

/** The events of a log: one JSON object a line. */
export const parseEvents = (log: string): EngineEvent[] => log.split("\n").filter(Boolean).flatMap(asEvent);

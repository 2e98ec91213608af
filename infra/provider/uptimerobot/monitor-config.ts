import { z } from "zod";
import { comparisons, dnsRecordTypes, ipVersions, uptimeRobotLimits } from "../../model/uptimerobot";
import { days, listOf, plain, setOf, type Codec } from "../rest/codec";
import { duration, filled, oneOf, text, whole } from "../rest/schemas";
import { record } from "./common";

const { sslExpirationPeriod, sslExpirationPeriods, apiChecks, applicationErrorRetries } = uptimeRobotLimits;
const withoutTarget: readonly string[] = ["is_null", "is_not_null"];

const check = z
  .strictObject({
    property: filled("a JSONPath").regex(/^\$/, "must be a JSONPath, such as $.status"),
    comparison: oneOf(comparisons),
    target: z
      .union([z.string(), z.number(), z.boolean()], "must be a text, a number, true or false")
      .optional(),
  })
  .superRefine(({ comparison, target }, context) => {
    if (withoutTarget.includes(comparison) === (target === undefined)) return;
    const message = target === undefined ? `is needed by ${comparison}` : `is not for ${comparison}`;
    context.addIssue({ code: "custom", path: ["target"], message });
  });

const recordList = z.array(filled("a record"), "must be a list of records");

/** What only some types of monitors have. */
export const configSchema = z.strictObject({
  sslExpirationPeriods: z
    .array(duration({ ...sslExpirationPeriod, step: "1d" }), 'must be a list of durations, such as "14d"')
    .max(sslExpirationPeriods, `must be ${sslExpirationPeriods} at most`)
    .optional(),
  dnsRecords: z
    .strictObject(Object.fromEntries(dnsRecordTypes.map((type) => [type, recordList.optional()])))
    .optional(),
  apiAssertions: z
    .strictObject({
      logic: oneOf(["AND", "OR"]),
      checks: z
        .array(check, "must be a list of checks")
        .min(1, "must hold a check")
        .max(apiChecks, `must be ${apiChecks} at most`),
    })
    .optional(),
  udp: z
    .strictObject({
      payload: text("what is sent").optional(),
      packetLossThreshold: whole({ min: 0, max: 100 }).optional(),
    })
    .optional(),
  ipVersion: oneOf(ipVersions).optional(),
  applicationErrorRetries: whole({ min: 0, max: applicationErrorRetries }).optional(),
});

export const configCodec: Codec = record({
  sslExpirationPeriods: { api: "sslExpirationPeriodDays", codec: setOf(undefined, days) },
  dnsRecords: { codec: record(Object.fromEntries(dnsRecordTypes.map((type) => [type, { codec: setOf() }]))) },
  apiAssertions: {
    codec: record({
      logic: {},
      checks: { codec: listOf(record({ property: {}, comparison: {}, target: { codec: plain } })) },
    }),
  },
  udp: { codec: record({ payload: {}, packetLossThreshold: {} }) },
  ipVersion: {},
  applicationErrorRetries: {},
});

/** Which types of monitors have which part; the others refuse it. Source: the Terraform provider's validation. */
export const configTypes = {
  sslExpirationPeriods: ["HTTP", "KEYWORD", "API"],
  dnsRecords: ["DNS"],
  apiAssertions: ["API"],
  udp: ["UDP"],
  ipVersion: ["HTTP", "KEYWORD", "PING", "PORT", "API", "UDP"],
  applicationErrorRetries: ["HTTP", "KEYWORD", "API"],
} as const satisfies Record<string, readonly string[]>;

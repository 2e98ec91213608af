import { z } from "zod";
import { matching } from "./matching";
import { exclusionSchema, maintenanceSchema } from "./mutes";
import { slackChannelName, slackLimits, slackMember } from "./slack-limits";
import { severities, severitySchema } from "./severity";
import { heartbeatSchema } from "./uptime";
import { durationSchema, milliseconds } from "./units";

const emailSchema = matching(/^[^\s@]+@[^\s@]+$/, "an e-mail address", "write it as name@domain");

/** A person or team on the ladder. */
const recipientSchema = z.strictObject({ title: z.string().min(1), email: emailSchema });

const channelSchema = z.strictObject({
  /** Without the leading #. */
  name: matching(slackChannelName, "a-z, 0-9, - and _", "rename the channel").max(slackLimits.channelName),
  purpose: z.string().max(slackLimits.purpose),
  topic: z.string().max(slackLimits.topic),
  /** Only for those who are invited; the bot needs the scopes groups:read and groups:write. */
  isPrivate: z.boolean().optional(),
  /** Who is invited, by Slack's id or by e-mail (scope users:read.email); nobody is ever taken out. */
  members: z
    .array(matching(slackMember, "a member's id or an e-mail", "write U0123ABCD or name@domain"))
    .optional(),
  /**
   * Whether bookmarks and a pinned message lead to runbook and dashboards. Off where not declared: the bot needs the
   * scopes bookmarks:read, bookmarks:write, channels:history (private: groups:history) and pins:write.
   */
  links: z.boolean().optional(),
});

/**
 * Who hears what, where, and how fast. Source: monitoring runbook, "Alert Channels" and "Escalation Matrix"; the two
 * tables are read together: the people of SEV-1 are reached along the ladder.
 */
export const alertingSchema = z
  .strictObject({
    /** Where an alert's links lead. */
    links: z.strictObject({
      /** The published docs/alerts.md; each alert's own section is appended. */
      runbook: z.url({ protocol: /^https$/ }),
      /** Grafana's dashboards by uid. */
      dashboards: z.url({ protocol: /^https$/ }),
    }),
    recipients: z.record(z.string(), recipientSchema),
    channels: z.record(z.string(), channelSchema),
    routes: z.record(
      severitySchema,
      z.strictObject({
        /** A key of channels. */
        channel: z.string(),
        /** Keys of recipients who get an e-mail. */
        email: z.array(z.string()),
        /** A rotation called by SMS, where the stack's on-call backend has one. */
        sms: z.literal("on-call").optional(),
        /** A file that gets one line an alert. */
        log: z.string().optional(),
        /** Within which somebody must have answered. */
        responseTime: durationSchema,
      }),
    ),
    /** Steps of escalation of a critical alert that nobody has acknowledged, by time since it was detected. */
    ladder: z
      .array(
        z.strictObject({
          after: durationSchema,
          /** Keys of recipients; empty on a step that is a procedure. */
          notify: z.array(z.string()),
          action: z.string().min(1),
        }),
      )
      .min(1),
    /** What has to call regularly, where the outside watch takes calls. */
    heartbeats: z.array(heartbeatSchema).default([]),
    /** Times in which work on apps is expected. */
    maintenance: z.array(maintenanceSchema).default([]),
    /** Known exceptions, each with its reason and its last day. */
    exclusions: z.array(exclusionSchema).default([]),
  })
  .superRefine((alerting, context) => {
    const mustBeKnown = (name: string, table: object, path: PropertyKey[]): void => {
      if (Object.hasOwn(table, name)) return;
      const options = Object.keys(table).join(", ");
      const params = { limit: `one of ${options}`, mend: `name one of ${options}, or add ${name} there` };
      context.addIssue({ code: "custom", path, params });
    };
    for (const severity of severities) {
      const { channel, email } = alerting.routes[severity];
      mustBeKnown(channel, alerting.channels, ["routes", severity, "channel"]);
      for (const [index, name] of email.entries()) {
        mustBeKnown(name, alerting.recipients, ["routes", severity, "email", index]);
      }
    }
    for (const [index, { after, notify }] of alerting.ladder.entries()) {
      for (const [position, name] of notify.entries()) {
        mustBeKnown(name, alerting.recipients, ["ladder", index, "notify", position]);
      }
      const before = alerting.ladder[index - 1];
      if (before && milliseconds(after) <= milliseconds(before.after)) {
        const params = {
          limit: `later than ${before.after}, the step before`,
          mend: "order the steps by time",
        };
        context.addIssue({ code: "custom", path: ["ladder", index, "after"], params });
      }
    }
    const mustDiffer = (list: "maintenance" | "heartbeats", mend: string): void => {
      const names = alerting[list].map(({ name }) => name);
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) === index) continue;
        context.addIssue({
          code: "custom",
          path: [list, index, "name"],
          params: { limit: "a name of its own", mend },
        });
      }
    };
    mustDiffer("maintenance", "rename one of the windows");
    mustDiffer("heartbeats", "rename one of the heartbeats");
  });

export type AlertingDeclaration = z.input<typeof alertingSchema>;
export type Alerting = z.output<typeof alertingSchema>;

/** The channel that alerts of a severity go to. */
export const channelOf = (
  alerting: Alerting,
  severity: z.infer<typeof severitySchema>,
): Alerting["channels"][string] => {
  const channel = alerting.channels[alerting.routes[severity].channel];
  if (channel === undefined) throw new RangeError(`no channel for ${severity}`); // the schema has refused it before
  return channel;
};

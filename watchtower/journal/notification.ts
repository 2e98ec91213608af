import * as z from "zod/mini";

const texts = z.record(z.string(), z.string());

const alertSchema = z.object({
  status: z.enum(["firing", "resolved"]),
  labels: texts,
  annotations: texts,
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  fingerprint: z.string().check(z.regex(/^[\da-f]{1,32}$/)),
});

/** An alert as Alertmanager tells of it. */
export type Alert = z.output<typeof alertSchema>;

const notificationSchema = z.object({ version: z.literal("4"), alerts: z.array(alertSchema) });

/** The alerts of a notification, webhook version 4; undefined for anything else. */
export const readNotification = (body: unknown): readonly Alert[] | undefined => {
  const parsed = z.safeParse(notificationSchema, body);
  return parsed.success ? parsed.data.alerts : undefined;
};

import type { Delivered } from "./deliver";

/** By which way somebody was told. */
export type Channel = "email" | "sms" | "call" | "push" | "slack" | "webhook" | "other";

/** Something that the service told somebody. Holds no address that is a secret. */
export interface Notification {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly incident: number;
  /** Such as "started", "acknowledged", "resolved". */
  readonly event: string;
  readonly channel: Channel;
  /** Who: an e-mail address, a number, a channel's or a webhook's name. */
  readonly to: string;
  readonly text: string;
  /** Milliseconds since the incident began. */
  readonly after: number;
  /** Recorded ones have no machine at the other end: e-mail, text messages, calls. */
  state: "recorded" | "sending" | "sent" | "failed";
  httpStatus?: number;
  reason?: string;
}

/** Notifications kept. */
const kept = 5_000;

export interface NotificationLog {
  readonly all: readonly Notification[];
  add(notification: Omit<Notification, "id" | "at">): Notification;
}

export const notificationLog = (): NotificationLog => {
  const all: Notification[] = [];
  let last = 0;
  return {
    all,
    add: (given) => {
      const notification = { ...given, id: (last += 1), at: Date.now() };
      all.push(notification);
      if (all.length > kept) all.shift();
      return notification;
    },
  };
};

/** Notes what became of a notification. */
export const settle = (notification: Notification, { ok, httpStatus, reason }: Delivered): void => {
  notification.state = ok ? "sent" : "failed";
  if (httpStatus !== undefined) notification.httpStatus = httpStatus;
  if (reason !== undefined) notification.reason = reason;
};

/** Which notifications: of one incident, later than an id. */
export interface NotificationQuery {
  readonly incident?: number | undefined;
  /** An id: only those after it. */
  readonly after?: number | undefined;
}
export const chosen = (
  all: readonly Notification[],
  { incident, after = 0 }: NotificationQuery,
): readonly Notification[] =>
  all.filter((one) => one.id > after && (incident === undefined || one.incident === incident));

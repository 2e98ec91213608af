import type { FaultBoard } from "../../faults/fault-board";
import type { SendMail } from "../../monitoring/mail";
import { notificationLog, type NotificationLog } from "../../monitoring/notifications";
import type { ServiceTime } from "../../monitoring/time";
import type { Account } from "../account";
import type { Runtime } from "../runtime";
import { availability } from "./availability";
import { runEscalations, type Escalations } from "./escalation";
import { watchHeartbeats, type HeartbeatWatch } from "./heartbeat-watch";
import { incidentBook, isAbout, type IncidentBook } from "./incidents";
import { watchMonitors, type MonitorWatch } from "./monitor-watch";
import { createNotifier } from "./notify";

/** Everything that happens by itself. */
export interface Engine {
  readonly incidents: IncidentBook;
  readonly monitors: MonitorWatch;
  readonly heartbeats: HeartbeatWatch;
  readonly escalations: Escalations;
  readonly notifications: NotificationLog;
  readonly runtime: Runtime;
  stop(): void;
}

/** What a status page says of what we say. */
const publicWords = {
  paused: "not_monitored",
  pending: "operational",
  up: "operational",
  maintenance: "maintenance",
  validating: "downtime",
  down: "downtime",
} as const;

/** Starts to watch what is and what will be in the account. */
export const startEngine = (
  account: Account,
  faults: FaultBoard,
  time: ServiceTime,
  url: () => string,
  sendMail: SendMail | undefined,
): Engine => {
  const incidents = incidentBook(account.newId);
  const notifications = notificationLog();
  const monitors = watchMonitors(account, incidents, time);
  const heartbeats = watchHeartbeats(account, incidents, time);
  const notifier = createNotifier(account, incidents, notifications, faults, url, sendMail);
  const escalations = runEscalations(account, incidents, notifier, time);

  const publicState: Runtime["publicState"] = (type, id) => {
    const kind = type === "Monitor" ? "monitor" : type === "Heartbeat" ? "heartbeat" : undefined;
    if (kind === undefined) return { availability: 1, status: "operational" };
    const madeAt = account.in(`${kind}s`).get(id)?.createdAt ?? Date.now();
    const own = incidents.all.list().filter(({ origin }) => isAbout(origin, kind, id));
    const { status } = (kind === "monitor" ? monitors : heartbeats).status(id);
    return { availability: availability(own, madeAt, Date.now()).share, status: publicWords[status] };
  };
  return {
    incidents,
    monitors,
    heartbeats,
    escalations,
    notifications,
    runtime: { monitor: monitors.status, heartbeat: heartbeats.status, publicState },
    stop: () => {
      monitors.stop();
      heartbeats.stop();
      escalations.stop();
      notifier.stop();
    },
  };
};

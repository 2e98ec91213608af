import type { FaultBoard } from "../../faults/fault-board";
import type { SendMail } from "../../monitoring/mail";
import { notificationLog, type NotificationLog } from "../../monitoring/notifications";
import type { ProbeResult } from "../../monitoring/probe/result";
import type { ServiceTime } from "../../monitoring/time";
import { watch, type Watch } from "../../monitoring/watch";
import type { Account } from "../account";
import { isOpen } from "../kinds/maintenance-window";
import type { Monitor } from "../kinds/monitor";
import type { MonitorStatus, Runtime } from "../runtime";
import { createAlerting } from "./alerting";
import { incidentBook, type IncidentBook } from "./incidents";
import { createNotifier } from "./notify";
import { probe } from "./probing";

/** After a first failure it is looked again after so many seconds; only the second one counts. Chosen. */
const sureAfter = 15;

/** Where a monitor stands; times are milliseconds since the epoch. */
interface Course {
  status: MonitorStatus;
  since: number;
  lastBeatAt?: number;
  failingSince?: number | undefined;
  incident?: number | undefined;
  lastIncident?: number | undefined;
  responseTime?: number;
}

/** Everything that happens by itself. */
export interface Engine {
  readonly incidents: IncidentBook;
  readonly notifications: NotificationLog;
  readonly runtime: Runtime;
  /** Of the last answer, milliseconds. */
  responseTime(monitor: number): number | undefined;
  /** Takes a beat; false for a secret that nobody has. */
  beat(secret: string): boolean;
  /** Forgets what was found of a monitor, as its reset does. */
  readonly forget: (monitor: number) => void;
  stop(): void;
}

/** Starts to watch what is and what will be in the account. */
export const startEngine = (
  account: Account,
  faults: FaultBoard,
  time: ServiceTime,
  sendMail: SendMail | undefined,
): Engine => {
  const monitors = account.in("monitors");
  const incidents = incidentBook();
  const notifications = notificationLog();
  const notifier = createNotifier(account, incidents, notifications, faults, sendMail);
  const alerting = createAlerting(account, notifier, time);
  const watches = new Map<number, Watch>();
  const courses = new Map<number, Course>();

  const courseOf = (id: number): Course => {
    const course: Course = courses.get(id) ?? { status: "STARTED", since: Date.now() };
    courses.set(id, course);
    return course;
  };
  const turn = (course: Course, status: MonitorStatus): void => {
    if (course.status === status) return;
    course.status = status;
    course.since = Date.now();
  };
  const endIncident = (course: Course, tell: boolean): void => {
    if (course.incident === undefined) return;
    const ended = incidents.end(course.incident);
    if (tell && ended !== undefined) alerting.up(ended);
    else alerting.drop(course.incident);
    course.incident = undefined;
  };
  const open = (id: number, monitor: Monitor, reason: string, startedAt: number): void => {
    const course = courseOf(id);
    turn(course, "DOWN");
    const { friendlyName: name, url } = monitor;
    const incident = incidents.open({ monitorId: id, name, url, reason, startedAt });
    course.incident = incident.id;
    course.lastIncident = incident.id;
    alerting.down(incident);
  };
  const well = (id: number): void => {
    const course = courseOf(id);
    course.failingSince = undefined;
    endIncident(course, true);
    turn(course, "UP");
  };

  const inMaintenance = ({ maintenanceWindowsIds }: Monitor): boolean =>
    account
      .in("maintenance-windows")
      .list()
      .some(
        ({ id, attributes }) =>
          (attributes.autoAddMonitors || maintenanceWindowsIds.includes(id)) && isOpen(attributes),
      );
  const judge = (id: number, monitor: Monitor, result: ProbeResult): number => {
    const course = courseOf(id);
    const usual = time.pause(monitor.interval);
    if (result.ok) {
      course.responseTime = result.milliseconds;
      well(id);
      return usual;
    }
    if (course.incident !== undefined) return usual;
    if (course.failingSince === undefined) {
      course.failingSince = Date.now();
      turn(course, "LOOKS_DOWN");
      return Math.min(usual, time.pause(sureAfter));
    }
    open(id, monitor, result.cause, course.failingSince);
    return usual;
  };
  /** A heartbeat is looked at when its beat is due. */
  const missed = (id: number, monitor: Monitor): number | undefined => {
    const course = courseOf(id);
    if (course.lastBeatAt === undefined || course.incident !== undefined) return undefined;
    const left = course.lastBeatAt + time.ms(monitor.interval + monitor.gracePeriod) - Date.now();
    if (left > 0) return left;
    open(id, monitor, "Missed heartbeat", Date.now());
    return undefined;
  };
  const look = async (id: number, signal: AbortSignal): Promise<number | undefined> => {
    const monitor = monitors.get(id)?.attributes;
    if (monitor === undefined) return undefined;
    if (inMaintenance(monitor)) return time.pause(monitor.interval);
    if (monitor.type === "HEARTBEAT") return missed(id, monitor);
    const result = await probe(monitor, signal);
    return result === undefined || signal.aborted ? undefined : judge(id, monitor, result);
  };

  const follow = (id: number): void => {
    watches.get(id)?.stop();
    watches.delete(id);
    const monitor = monitors.get(id)?.attributes;
    const course = courseOf(id);
    if (monitor === undefined || monitor.paused) {
      endIncident(course, false);
      course.failingSince = undefined;
      if (monitor === undefined) courses.delete(id);
      else turn(course, "PAUSED");
      return;
    }
    if (course.status === "PAUSED") turn(course, "STARTED");
    watches.set(
      id,
      watch((signal) => look(id, signal)),
    );
  };
  account.watch((name, id) => {
    if (name === "monitors") follow(id);
  });

  return {
    incidents,
    notifications,
    responseTime: (id) => courses.get(id)?.responseTime,
    runtime: {
      monitor: (id) => {
        const course = courses.get(id);
        const last = course?.lastIncident === undefined ? undefined : incidents.all.get(course.lastIncident);
        return {
          status: course?.status ?? "STARTED",
          since: course?.since ?? Date.now(),
          ...(last !== undefined && { lastIncident: last }),
        };
      },
    },
    beat: (secret) => {
      const found = monitors
        .list()
        .find(({ attributes }) => attributes.type === "HEARTBEAT" && attributes.secret === secret);
      if (found === undefined) return false;
      if (found.attributes.paused) return true;
      courseOf(found.id).lastBeatAt = Date.now();
      well(found.id);
      follow(found.id);
      return true;
    },
    forget: (id) => {
      const course = courses.get(id);
      if (course === undefined) return;
      endIncident(course, false);
      courses.delete(id);
    },
    stop: () => {
      watches.forEach((running) => {
        running.stop();
      });
      alerting.stop();
      notifier.stop();
    },
  };
};

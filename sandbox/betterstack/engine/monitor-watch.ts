import type { ProbeResult } from "../../monitoring/probe/result";
import type { ServiceTime } from "../../monitoring/time";
import { watch, type Watch } from "../../monitoring/watch";
import type { Account } from "../account";
import type { Monitor } from "../kinds/monitor";
import type { MonitorStatus, Runtime } from "../runtime";
import type { IncidentBook } from "./incidents";
import { inMaintenance } from "./maintenance";
import { probe } from "./probing";

/** Response times kept a monitor. */
const kept = 500;

/** Where a monitor stands; times are milliseconds since the epoch. */
interface Course {
  lastCheckedAt?: number;
  /** Failing since then without a pause. */
  failingSince?: number | undefined;
  /** Well again since then, with an incident still open. */
  wellSince?: number | undefined;
  incident?: number | undefined;
  pausedAt?: number | undefined;
  readonly responses: { readonly at: number; readonly milliseconds: number }[];
  certificateDays?: number | undefined;
}

export interface MonitorWatch {
  readonly status: Runtime["monitor"];
  responses(id: number): Course["responses"];
  /** Days until the certificate of what is monitored ends. */
  certificateDays(id: number): number | undefined;
  stop(): void;
}

/** Checks every monitor that is not paused and opens and resolves its incidents. */
export const watchMonitors = (account: Account, incidents: IncidentBook, time: ServiceTime): MonitorWatch => {
  const monitors = account.in("monitors");
  const watches = new Map<number, Watch>();
  const courses = new Map<number, Course>();
  const courseOf = (id: number): Course => {
    const course = courses.get(id) ?? { responses: [] };
    courses.set(id, course);
    return course;
  };
  const paused = ({ paused: itself, monitor_group_id: group }: Monitor): boolean =>
    itself || (group !== null && account.in("monitor-groups").get(group)?.attributes.paused === true);

  const wrong = (id: number, monitor: Monitor, result: ProbeResult & { ok: false }): number => {
    const course = courseOf(id);
    const now = Date.now();
    course.wellSince = undefined;
    course.failingSince ??= now;
    const usual = time.pause(monitor.check_frequency);
    if (course.incident !== undefined) return usual;
    // The incident opens when it has failed for all of the confirmation period, which a check then finds out.
    const left = course.failingSince + time.ms(monitor.confirmation_period) - now;
    if (left > 0) return Math.min(usual, left);
    course.incident = incidents.open({
      origin: { kind: "monitor", id },
      name: monitor.pronounceable_name,
      url: monitor.url,
      cause: result.cause,
      policyId: monitor.policy_id === null ? null : Number(monitor.policy_id),
      ways: monitor,
      teamWait: monitor.team_wait,
      response: result.response ?? null,
    }).id;
    return usual;
  };
  const well = (id: number, monitor: Monitor, result: ProbeResult & { ok: true }): number => {
    const course = courseOf(id);
    const now = Date.now();
    course.failingSince = undefined;
    course.certificateDays = result.certificateDays;
    course.responses.push({ at: now, milliseconds: result.milliseconds });
    if (course.responses.length > kept) course.responses.shift();
    const usual = time.pause(monitor.check_frequency);
    if (course.incident === undefined) return usual;
    course.wellSince ??= now;
    const left = course.wellSince + time.ms(monitor.recovery_period) - now;
    if (left > 0) return Math.min(usual, left);
    end(course, "Better Stack");
    return usual;
  };
  const end = (course: Course, by: string): void => {
    if (course.incident !== undefined) incidents.resolve(course.incident, by);
    course.incident = undefined;
    course.wellSince = undefined;
  };

  const look = async (id: number, signal: AbortSignal): Promise<number | undefined> => {
    const monitor = monitors.get(id)?.attributes;
    if (monitor === undefined) return undefined;
    if (inMaintenance(monitor)) return time.pause(monitor.check_frequency);
    const result = await probe(monitor, signal);
    if (result === undefined || signal.aborted) return undefined;
    courseOf(id).lastCheckedAt = Date.now();
    return result.ok ? well(id, monitor, result) : wrong(id, monitor, result);
  };

  const follow = (id: number): void => {
    watches.get(id)?.stop();
    watches.delete(id);
    const monitor = monitors.get(id)?.attributes;
    const course = courseOf(id);
    if (monitor === undefined) {
      end(course, "removal of the monitor");
      courses.delete(id);
    } else if (paused(monitor)) {
      course.pausedAt ??= Date.now();
      course.failingSince = undefined;
      end(course, "pause of the monitor");
    } else {
      course.pausedAt = undefined;
      watches.set(
        id,
        watch((signal) => look(id, signal)),
      );
    }
  };
  account.watch((name, id) => {
    if (name === "monitors") follow(id);
    if (name === "monitor-groups")
      monitors.list().forEach((monitor) => {
        if (monitor.attributes.monitor_group_id === id) follow(monitor.id);
      });
  });
  // Resolved by somebody while it still fails: the next failure opens a new one.
  incidents.watch((incident, event) => {
    if (event !== "resolved" || incident.origin.kind !== "monitor") return;
    const course = courseOf(incident.origin.id);
    if (course.incident !== incident.id) return;
    course.incident = undefined;
    course.failingSince = undefined;
  });

  const status = (id: number): MonitorStatus => {
    const monitor = monitors.get(id)?.attributes;
    const course = courses.get(id);
    if (monitor === undefined || paused(monitor)) return "paused";
    if (inMaintenance(monitor)) return "maintenance";
    if (course?.lastCheckedAt === undefined) return "pending";
    if (course.incident === undefined) return "up";
    return course.wellSince === undefined ? "down" : "validating";
  };
  return {
    status: (id) => ({
      status: status(id),
      lastCheckedAt: courses.get(id)?.lastCheckedAt,
      pausedAt: courses.get(id)?.pausedAt,
    }),
    responses: (id) => courses.get(id)?.responses ?? [],
    certificateDays: (id) => courses.get(id)?.certificateDays,
    stop: () => {
      watches.forEach((running) => {
        running.stop();
      });
    },
  };
};

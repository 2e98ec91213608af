import type { ServiceTime } from "../../monitoring/time";
import type { Account } from "../account";
import type { HeartbeatStatus, Runtime } from "../runtime";
import type { IncidentBook } from "./incidents";
import { inMaintenance } from "./maintenance";

/** Where a heartbeat stands. */
interface Course {
  lastBeatAt?: number;
  timer?: NodeJS.Timeout;
  incident?: number | undefined;
}

export interface HeartbeatWatch {
  readonly status: Runtime["heartbeat"];
  /** When the last beat came, milliseconds since the epoch. */
  lastBeatAt(id: number): number | undefined;
  /** Takes a beat of the heartbeat with this secret, a failure where told so; false for a secret that nobody has. */
  beat(secret: string, failure?: string): boolean;
  stop(): void;
}

/** Expects a beat within period and grace of the last one; before the first one nothing is expected. */
export const watchHeartbeats = (
  account: Account,
  incidents: IncidentBook,
  time: ServiceTime,
): HeartbeatWatch => {
  const heartbeats = account.in("heartbeats");
  const courses = new Map<number, Course>();
  const courseOf = (id: number): Course => {
    const course = courses.get(id) ?? {};
    courses.set(id, course);
    return course;
  };

  const fail = (id: number, cause: string): void => {
    const heartbeat = heartbeats.get(id)?.attributes;
    const course = courseOf(id);
    if (heartbeat === undefined || course.incident !== undefined) return;
    course.incident = incidents.open({
      origin: { kind: "heartbeat", id },
      name: heartbeat.name,
      url: null,
      cause,
      policyId: heartbeat.policy_id === null ? null : Number(heartbeat.policy_id),
      ways: heartbeat,
      teamWait: heartbeat.team_wait,
      response: null,
    }).id;
  };
  const end = (course: Course, by: string): void => {
    if (course.incident !== undefined) incidents.resolve(course.incident, by);
    course.incident = undefined;
  };
  /** Waits for the next beat. */
  const expect = (id: number): void => {
    const course = courseOf(id);
    clearTimeout(course.timer);
    const heartbeat = heartbeats.get(id)?.attributes;
    if (heartbeat === undefined || heartbeat.paused || course.lastBeatAt === undefined) return;
    const due = course.lastBeatAt + time.ms(heartbeat.period + heartbeat.grace);
    course.timer = setTimeout(
      () => {
        if (!inMaintenance(heartbeat)) fail(id, "Missed heartbeat");
      },
      Math.max(0, due - Date.now()),
    );
  };

  account.watch((name, id) => {
    if (name !== "heartbeats") return;
    const heartbeat = heartbeats.get(id)?.attributes;
    if (heartbeat === undefined || heartbeat.paused) {
      const course = courseOf(id);
      clearTimeout(course.timer);
      end(course, heartbeat === undefined ? "removal of the heartbeat" : "pause of the heartbeat");
      if (heartbeat === undefined) courses.delete(id);
    } else expect(id);
  });
  incidents.watch(({ id, origin }, event) => {
    if (event !== "resolved" || origin.kind !== "heartbeat") return;
    const course = courseOf(origin.id);
    if (course.incident === id) course.incident = undefined;
  });

  const status = (id: number): HeartbeatStatus => {
    const course = courses.get(id);
    if (heartbeats.get(id)?.attributes.paused !== false) return "paused";
    if (course?.incident !== undefined) return "down";
    return course?.lastBeatAt === undefined ? "pending" : "up";
  };
  return {
    status: (id) => ({ status: status(id) }),
    lastBeatAt: (id) => courses.get(id)?.lastBeatAt,
    beat: (secret, failure) => {
      const found = heartbeats.list().find(({ attributes }) => attributes.secret === secret);
      if (found === undefined) return false;
      const course = courseOf(found.id);
      course.lastBeatAt = Date.now();
      if (failure !== undefined && !found.attributes.paused) fail(found.id, failure);
      else end(course, "Better Stack");
      expect(found.id);
      return true;
    },
    stop: () => {
      courses.forEach(({ timer }) => {
        clearTimeout(timer);
      });
    },
  };
};

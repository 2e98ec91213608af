import { ulid } from "../model/ids";
import type { ExitEvent, Machine, MachineState, Source } from "../model/machine";
import type { Estate } from "./estate";

/** Events and log lines kept a machine. */
const kept = { events: 50, versions: 30, log: 500 } as const;

/** Keeps a line of a machine's log. */
export const writeLog = (machine: Machine, line: string): void => {
  machine.log.push(`${new Date().toISOString()} ${line}`);
  if (machine.log.length > kept.log) machine.log.shift();
};

/** Puts a machine into a state, with the event that tells why, and tells everybody who watches. */
export const enter = (
  estate: Estate,
  machine: Machine,
  state: MachineState,
  event: { readonly type: string; readonly source: Source; readonly exit?: ExitEvent },
): void => {
  const now = Date.now();
  machine.state = state;
  machine.updatedAt = now;
  machine.events.unshift({
    id: ulid(now),
    type: event.type,
    status: state,
    source: event.source,
    timestamp: now,
    ...(event.exit && { request: { exit_event: event.exit, restart_count: machine.restartCount } }),
  });
  machine.events.length = Math.min(machine.events.length, kept.events);
  estate.changed(machine);
};

/** Gives a machine its next version. */
export const nextVersion = (machine: Machine): void => {
  const now = Date.now();
  machine.instanceId = ulid(now);
  machine.updatedAt = now;
  machine.versions.unshift({ instanceId: machine.instanceId, config: machine.config, createdAt: now });
  machine.versions.length = Math.min(machine.versions.length, kept.versions);
};

import type { RunningApp } from "../apps/run-app";
import type { ActiveFault, FaultBoard } from "../faults/fault-board";
import type { Service } from "../service";

/** An app as `GET /state` shows it. */
export interface AppState {
  readonly url: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly paths: Readonly<Record<string, readonly string[]>>;
  readonly listening: boolean;
  /** Faults in force. */
  readonly faults: Readonly<Record<string, ActiveFault>>;
  /** Faults that can be switched on. */
  readonly known: readonly string[];
}
export type ServiceState = Omit<AppState, "url" | "ports" | "paths">;

/** What `GET /state` answers. */
export interface State {
  readonly apps: Readonly<Record<string, AppState>>;
  readonly services: Readonly<Record<string, ServiceState>>;
}

const board = (faults: FaultBoard) => ({
  faults: faults.active(),
  known: faults.known.map(({ name }) => name),
});

/** The state of everything now. */
export const stateOf = (apps: readonly RunningApp[], services: Readonly<Record<string, Service>>): State => ({
  apps: Object.fromEntries(
    apps.map((app) => [
      app.name,
      { url: app.url, ports: app.ports, paths: app.paths, listening: app.listening(), ...board(app.faults) },
    ]),
  ),
  services: Object.fromEntries(
    Object.entries(services).map(([name, service]) => [
      name,
      { listening: service.listening(), ...board(service.faults) },
    ]),
  ),
});

import type { App } from "../apps/catalogue";
import { coldStart, everyAppsFaults } from "../apps/faults";
import { pathsOf, type RunningApp } from "../apps/run-app";
import { faultBoard, type FaultBoard } from "../faults/fault-board";
import { milliseconds } from "../../infra/model/units";
import type { FaultMessage } from "./guest/protocol";
import type { Estate } from "./machines/estate";
import type { Weather } from "./platform";
import { isStartable } from "./proxy/public-service";

const message = (board: FaultBoard, fault: string): FaultMessage => {
  const active = board.active()[fault];
  return active === undefined
    ? { fault, on: false }
    : { fault, on: true, parameters: active.parameters, since: active.since };
};

/** The switches of the fleet's apps while they run as machines: each reaches every machine, also those yet to start. */
export interface FleetFaults extends Weather {
  boardOf(app: App): FaultBoard;
}

/** `estate` is asked for late: the machines need these switches before there is one. */
export const fleetFaults = (estate: () => Estate | undefined): FleetFaults => {
  const boards = new Map<string, FaultBoard>();
  return {
    boardOf: (app) => {
      const known = [...everyAppsFaults, ...app.product.faults, ...app.placeFaults];
      const board = faultBoard(known, (name) => {
        for (const machine of estate()?.machinesOf(app.name) ?? [])
          machine.process?.apply(message(board, name));
        return Promise.resolve();
      });
      boards.set(app.name, board);
      return board;
    },
    faultsOf: (app) => {
      const board = boards.get(app);
      return board === undefined ? [] : Object.keys(board.active()).map((fault) => message(board, fault));
    },
    slowStart: (app) => {
      const delay = boards.get(app)?.read(coldStart)?.parameters.delay;
      return delay === undefined ? 0 : milliseconds(delay);
    },
  };
};

/** An app of the fleet that runs as machines, as the control server sees every app. */
export const fleetApp = (
  app: App,
  faults: FaultBoard,
  estate: Estate,
  address: Pick<RunningApp, "url" | "ports">,
): RunningApp => ({
  name: app.name,
  ...address,
  paths: Object.fromEntries(
    app.product
      .listeners({ faults, startedAt: Date.now() })
      .filter(({ port }) => port in address.ports)
      .map((listener) => [listener.port, pathsOf(listener)]),
  ),
  faults,
  // What sleeps until the next request is not down.
  listening: () =>
    estate.machinesOf(app.name).some((machine) => machine.state === "started" || isStartable(machine)),
  // The machines end with Fly.
  stop: () => Promise.resolve(),
  drain: () => Promise.resolve(),
});

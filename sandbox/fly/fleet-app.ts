import type { App } from "../apps/catalogue";
import { everyAppsFaults } from "../apps/faults";
import { pathsOf, type RunningApp } from "../apps/run-app";
import type { Fault } from "../faults/fault";
import { faultBoard, type FaultBoard } from "../faults/fault-board";
import { flyEffects } from "./faults/effects";
import { machineFaults, publicFaults, volumeFilling } from "./faults/fly-faults";
import type { FaultMessage } from "./guest/protocol";
import type { FlyService } from "./index";
import type { Estate } from "./machines/estate";
import { isStartable } from "./proxy/public-service";
import { hotdash } from "./seed/hotdash";
import { strikes, type Struck, type Weather } from "./weather";

const message = (board: FaultBoard, fault: string, machine: Struck): FaultMessage => {
  const active = board.active()[fault];
  return active === undefined || !strikes(active, machine)
    ? { fault, on: false }
    : { fault, on: true, parameters: active.parameters, since: active.since };
};

/** What can happen to an app on Fly: it depends on whether it is public and has volumes. */
const faultsOnFly = ({ name, product }: App): readonly Fault[] => {
  const [first] = product.listeners({ faults: { read: () => undefined }, startedAt: 0 });
  const hasVolume = hotdash.some(
    (seeded) => seeded.name === name && seeded.machines?.some(({ volume }) => volume !== undefined),
  );
  return [
    ...machineFaults,
    ...(first.kind === "http" ? publicFaults : []),
    ...(hasVolume ? [volumeFilling] : []),
  ];
};

/** The switches of the fleet's apps while they run as machines: each reaches every machine, also those yet to start. */
export interface FleetFaults extends Weather {
  boardOf(app: App): FaultBoard;
}

/** `fly` is asked for late: the machines need these switches before there is one. */
export const fleetFaults = (fly: () => FlyService | undefined): FleetFaults => {
  const boards = new Map<string, FaultBoard>();
  const bringAbout = flyEffects(fly);
  return {
    boardOf: (app) => {
      const known = [...everyAppsFaults, ...app.product.faults, ...app.placeFaults, ...faultsOnFly(app)];
      const board = faultBoard(known, async (fault) => {
        for (const machine of fly()?.platform.estate.machinesOf(app.name) ?? [])
          machine.process?.apply(message(board, fault, machine));
        await bringAbout({ app: app.name, fault, active: board.active()[fault] });
      });
      boards.set(app.name, board);
      return board;
    },
    read: (fault, machine) => {
      const active = boards.get(machine.app)?.read(fault);
      return active !== undefined && strikes(active, machine) ? active : undefined;
    },
    faultsOf: (machine) => {
      const board = boards.get(machine.app);
      return board === undefined
        ? []
        : Object.keys(board.active())
            .map((fault) => message(board, fault, machine))
            .filter(({ on }) => on);
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

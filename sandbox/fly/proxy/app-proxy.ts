import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { milliseconds } from "../../../infra/model/units";
import { coldStart } from "../../apps/faults";
import { machinesStopped, noAutostart } from "../faults/fly-faults";
import { ulid } from "../model/ids";
import type { Machine } from "../model/machine";
import { pick, type Candidate } from "../model/routing";
import type { Platform } from "../platform";
import type { Loads } from "./load";
import {
  hardLimitOf,
  isRoutable,
  isStartable,
  primaryRegion,
  publicService,
  softLimitOf,
} from "./public-service";
import type { createTraffic } from "./traffic";
import { send } from "./upstream";

/** How often a held request looks again, milliseconds. */
const lookEvery = 20;

/** What a start may take beyond its delay, milliseconds: a process starts no faster because time does. */
const startsWithin = 5_000;

export interface ProxyParts {
  readonly platform: Platform;
  readonly loads: Loads;
  readonly traffic: ReturnType<typeof createTraffic>;
  /** Milliseconds. */
  readonly hold: number;
}

const noMachine =
  "PR01: could not find a good candidate within the time a request is held: no machine of this app is ready\n";

/** Answers the public requests of one app: picks a machine, starts one where none is ready, holds the request meanwhile. */
export const appProxy = (app: string, { platform, loads, traffic, hold }: ProxyParts) => {
  const { estate, lifecycle, weather } = platform;
  let turn = 0;

  /** How long a request is held now: a machine that is made to start slowly is waited for. */
  const patience = (): number => {
    const delays = estate
      .machinesOf(app)
      .map((machine) => weather.read(coldStart, machine)?.parameters.delay ?? "0s");
    return Math.max(
      hold,
      ...delays.map((delay) => (delay === "0s" ? 0 : milliseconds(delay) + startsWithin)),
    );
  };

  const candidate = (machine: Machine, near: string | undefined): Candidate => {
    const service = publicService(machine.config);
    return {
      id: machine.id,
      load: loads.current(machine.id),
      softLimit: service === undefined ? 0 : softLimitOf(service),
      hardLimit: service === undefined ? 0 : hardLimitOf(service),
      near: machine.region === near,
    };
  };

  const startOne = (machines: readonly Machine[], near: string | undefined): void => {
    const served = machines.filter(({ config }) => publicService(config) !== undefined);
    // One at a time: who starts takes the load before the next is started.
    if (served.some(({ state }) => state === "starting" || state === "created" || state === "replacing"))
      return;
    const startable = served.filter(
      (machine) =>
        isStartable(machine) &&
        weather.read(noAutostart, machine) === undefined &&
        weather.read(machinesStopped, machine) === undefined,
    );
    const machine = startable.find(({ region }) => region === near) ?? startable[0];
    if (machine !== undefined) lifecycle.start(machine, "proxy");
  };

  /** The machine for a request now; starts another one where those that run have enough to do. */
  const choose = (): Machine | undefined => {
    const machines = estate.machinesOf(app);
    const near = primaryRegion(estate, app);
    const candidates = machines.filter(isRoutable).map((machine) => candidate(machine, near));
    if (candidates.every(({ load, softLimit }) => load >= softLimit)) startOne(machines, near);
    const chosen = pick(candidates, (turn += 1));
    return chosen && estate.machines.get(chosen.id);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<number> => {
    const begun = Date.now();
    const requestId = `${ulid()}-${primaryRegion(estate, app) ?? "ord"}`;
    const note = (waited: number, machine: string | undefined): void => {
      if (waited >= lookEvery) traffic.hold({ at: begun, app, machine, waited });
    };
    response.setHeader("fly-request-id", requestId);
    const gone = (): boolean => response.destroyed;
    while (!gone() && Date.now() - begun < patience()) {
      const machine = choose();
      const service = machine && publicService(machine.config);
      if (machine === undefined || service === undefined) {
        await pause(lookEvery);
        continue;
      }
      const waited = Date.now() - begun;
      const leave = loads.enter(machine.id);
      const sent = performance.now();
      const outcome = await send(request, response, {
        host: machine.address,
        port: service.internal_port,
        headers: {
          "fly-client-ip": request.socket.remoteAddress ?? "",
          "fly-forwarded-port": "443",
          "fly-region": primaryRegion(estate, app) ?? "",
          "fly-request-id": requestId,
          "x-forwarded-proto": "https",
          "x-forwarded-for": request.socket.remoteAddress ?? "",
        },
      });
      leave();
      if (outcome.kind === "answered") {
        traffic.record(traffic.machines, machine.id, outcome.status, (performance.now() - sent) / 1_000);
        note(waited, machine.id);
        return outcome.status;
      }
      if (outcome.kind === "broken") {
        response.writeHead(502).end();
        return 502;
      }
      await pause(lookEvery);
    }
    note(Date.now() - begun, undefined);
    response.writeHead(503, { "content-type": "text/plain" }).end(noMachine);
    return 503;
  };

  return (request: IncomingMessage, response: ServerResponse): void => {
    const begun = performance.now();
    void answer(request, response)
      .catch(() => {
        if (!response.headersSent) response.writeHead(502);
        response.end();
        return 502;
      })
      .then((status) => {
        traffic.record(traffic.edge, app, status, (performance.now() - begun) / 1_000);
      });
  };
};

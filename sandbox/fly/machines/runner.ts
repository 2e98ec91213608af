import { mkdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../clock";
import { goMilliseconds } from "../model/go-duration";
import { flushEvery, keepFlushed } from "../host/flushing";
import { startGuest, type Exit } from "../host/guest-process";
import { imageOf } from "../host/images";
import type { Addresses } from "../host/addresses";
import { commandOf, placeFiles, textsOf } from "../host/programs";
import type { Reaper } from "../host/reaper";
import { privateNamesIn, rewriting, type Surroundings } from "../host/rewriting";
import { processGroupOf } from "../model/config";
import type { Machine } from "../model/machine";
import type { Weather } from "../weather";
import { newCpu } from "./cpu";
import { writeLog } from "./records";

/** Given to a program that is asked to end, where the config says nothing. Source: Fly's fly.toml reference. */
const stopDefaults = { signal: "SIGINT", timeout: "5s" } as const;
/** However fast time runs: a program needs this long of ours to answer what is in flight, milliseconds. */
const leastStopTime = 2_000;
/** An engine that writes what it has in memory to its volume needs longer. */
const leastStopTimeOfEngine = 5_000;

/** The proxy stops sending before the program is asked to end; so long before, milliseconds. */
const proxyLag = 100;

/** How a machine's program ended. */
export interface Ended extends Exit {
  /** Somebody asked for it. */
  readonly asked: boolean;
  readonly oomKilled: boolean;
}

/** Starts and ends the programs of machines. */
export interface Runner {
  /** Starts the program; `onExit` hears how it ended. */
  run(machine: Machine, onExit: (ended: Ended) => void): Promise<void>;
  /** Asks the program to end, kills it when it does not, and resolves when it has. */
  end(
    machine: Machine,
    wish?: { readonly signal?: string | undefined; readonly timeout?: string | undefined },
  ): Promise<void>;
  /** Kills it as the kernel does when memory is used up. */
  killForMemory(machine: Machine): void;
  /** Stops it in its tracks, and lets it go on. */
  freeze(machine: Machine): void;
  thaw(machine: Machine): void;
}

interface Running {
  asked: boolean;
  oomKilled: boolean;
  frozen: boolean;
  readonly isEngine: boolean;
  readonly exited: Promise<Exit>;
}

const environment = (
  machine: Machine,
  imageEnv: Readonly<Record<string, string>>,
): Record<string, string> => ({
  ...imageEnv,
  FLY_APP_NAME: machine.app,
  FLY_MACHINE_ID: machine.id,
  FLY_ALLOC_ID: machine.id,
  FLY_MACHINE_VERSION: machine.instanceId,
  FLY_REGION: machine.region,
  FLY_PRIVATE_IP: machine.address,
  FLY_IMAGE_REF: machine.config.image,
  FLY_PROCESS_GROUP: processGroupOf(machine.config),
  FLY_VM_MEMORY_MB: String(machine.config.guest.memory_mb),
  ...machine.config.env,
});

export interface RunnerParts {
  readonly clock: Clock;
  readonly reaper: Reaper;
  readonly addresses: Addresses;
  /** Where the volumes' folders are: apart from the machines', whose files go with them. */
  readonly volumes: string;
  readonly weather: Weather;
}

export const createRunner = ({ clock, reaper, addresses, volumes, weather }: RunnerParts): Runner => {
  const running = new Map<string, Running>();

  const surroundings = async ({ config, address, root }: Machine): Promise<Surroundings> => {
    const names = privateNamesIn(textsOf(config));
    const mounts = (config.mounts ?? []).flatMap(({ volume, path: mounted }) =>
      volume === undefined ? [] : [[mounted, path.join(volumes, volume)] as const],
    );
    for (const folder of [root, ...mounts.map(([, folder]) => folder)])
      await mkdir(folder, { recursive: true });
    return {
      address,
      root,
      mounts: new Map(mounts),
      names: new Map(
        await Promise.all(
          names.map(async ({ name, ...of }) => [name, await addresses.addressOf(of)] as const),
        ),
      ),
    };
  };

  return {
    run: async (machine, onExit) => {
      const { config, address } = machine;
      const image = imageOf(config);
      const around = await surroundings(machine);
      await placeFiles(config, around);
      const command = commandOf(config, around);
      const { word } = rewriting(config, around);
      const own = environment(machine, image?.env ?? {});
      const ports = (config.services ?? []).map((service) => service.internal_port);
      const guest = await startGuest({
        start: {
          program: image?.program ?? "echo",
          address,
          ports: [...new Set(ports)],
          faults: weather.faultsOf(machine),
          ...(config.metrics && { metricsPort: config.metrics.port }),
        },
        env:
          command === undefined
            ? own
            : {
                ...Object.fromEntries(Object.entries(own).map(([key, value]) => [key, word(value)])),
                ...command.env,
              },
        command,
        reaper,
        log: (line) => {
          writeLog(machine, line);
        },
      });
      const state: Running = {
        asked: false,
        oomKilled: false,
        frozen: false,
        isEngine: command !== undefined,
        exited: guest.exited,
      };
      if (command?.flush !== undefined && clock.factor > 1)
        void keepFlushed(command.flush, clock.ms(flushEvery), guest.exited);
      machine.process = guest;
      machine.startedAt = Date.now();
      machine.cpu = newCpu();
      running.set(machine.id, state);
      void guest.exited.then((exit) => {
        machine.process = undefined;
        machine.memory = 0;
        machine.lastExit = { exitCode: exit.exitCode, oomKilled: state.oomKilled };
        running.delete(machine.id);
        onExit({ ...exit, asked: state.asked, oomKilled: state.oomKilled });
      });
    },
    end: async (machine, wish = {}) => {
      const state = running.get(machine.id);
      if (state === undefined) return;
      state.asked = true;
      const { signal = stopDefaults.signal, timeout = stopDefaults.timeout } =
        machine.config.stop_config ?? {};
      const patience = goMilliseconds(wish.timeout ?? timeout);
      // A request that the proxy has just sent still finds the door open.
      if (wish.signal !== "SIGKILL") await sleep(proxyLag);
      // What is suspended cannot answer: its memory is thrown away.
      machine.process?.signal(state.frozen ? "SIGKILL" : ((wish.signal ?? signal) as NodeJS.Signals));
      const kill = setTimeout(
        () => machine.process?.signal("SIGKILL"),
        clock.ms(patience, Math.min(patience, state.isEngine ? leastStopTimeOfEngine : leastStopTime)),
      );
      await state.exited;
      clearTimeout(kill);
    },
    killForMemory: (machine) => {
      const state = running.get(machine.id);
      // An engine does not see how small its guest is: it takes what the computer has.
      if (state === undefined || state.oomKilled || state.isEngine) return;
      state.oomKilled = true;
      writeLog(machine, `Out of memory: Killed process ${machine.process?.pid ?? 0}`);
      machine.process?.signal("SIGKILL");
    },
    freeze: (machine) => {
      const state = running.get(machine.id);
      if (state !== undefined) state.frozen = true;
      machine.process?.signal("SIGSTOP");
    },
    thaw: (machine) => {
      const state = running.get(machine.id);
      if (state !== undefined) state.frozen = false;
      machine.process?.signal("SIGCONT");
    },
  };
};

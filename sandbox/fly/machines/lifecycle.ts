import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { milliseconds } from "../../../infra/model/units";
import { coldStart } from "../../apps/faults";
import { takes, type Clock } from "../clock";
import type { Addresses } from "../host/addresses";
import { imageOf } from "../host/images";
import type { MachineConfig } from "../model/config";
import type { ExitEvent, Machine, MachineState, Source } from "../model/machine";
import { isRestarted, restartBudget } from "../model/restart";
import type { Estate } from "./estate";
import { keyedQueue } from "./keyed-queue";
import { enter, nextVersion, writeLog } from "./records";
import { Refusal } from "./refusal";
import type { Weather } from "../weather";
import type { Ended, Runner } from "./runner";

export interface StopWish {
  readonly signal?: string | undefined;
  readonly timeout?: string | undefined;
}

/** What can be done with machines. Each call answers when it is accepted; the change follows, as states and events. */
export interface Lifecycle {
  launch(machine: Machine): void;
  /** Leaves a new machine as it is, not started. */
  settle(machine: Machine): void;
  start(machine: Machine, source: Source): MachineState;
  stop(machine: Machine, source: Source, wish?: StopWish): void;
  suspend(machine: Machine, source: Source): void;
  restart(machine: Machine, wish?: StopWish): void;
  /** Replaces the whole config and gives the machine its next version. */
  update(machine: Machine, config: MachineConfig, options: { readonly skipLaunch: boolean }): void;
  destroy(machine: Machine, options: { readonly force: boolean }): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Ends every program and resolves when all have ended. */
  stopAll(): Promise<void>;
}

/** However fast time runs, a process does not start faster: restarts count for this long of ours, milliseconds. */
const leastWindow = 60_000;

const suspendable = ({ guest, init }: MachineConfig): boolean =>
  guest.memory_mb <= 2_048 && !(typeof init?.swap_size_mb === "number" && init.swap_size_mb > 0);

/** States in which a machine runs, or is about to without being asked again. */
const live: readonly MachineState[] = ["created", "starting", "started", "restarting", "replacing"];

/** What follows each call, in the order of the calls, one machine at a time. */
export const createLifecycle = (
  estate: Estate,
  runner: Runner,
  addresses: Addresses,
  clock: Clock,
  weather: Weather,
): Lifecycle => {
  const queue = keyedQueue((id, error) => {
    const machine = estate.machines.get(id);
    if (machine === undefined) return;
    writeLog(machine, error instanceof Error ? error.message : String(error));
    enter(estate, machine, "failed", { type: "launch", source: "flyd" });
  });
  let closing = false;
  const wait = async (ms: number): Promise<void> => {
    if (!closing) await clock.pause(ms);
  };

  const exitEvent = (ended: Ended, restarting: boolean): ExitEvent => ({
    exit_code: ended.exitCode,
    guest_exit_code: ended.signal === 0 ? ended.exitCode : 0,
    guest_signal: ended.signal,
    oom_killed: ended.oomKilled,
    requested_stop: ended.asked,
    restarting,
    exited_at: new Date().toISOString(),
  });

  const onExit = (machine: Machine, ended: Ended): void => {
    if (closing) return;
    const now = Date.now();
    const window = clock.ms(restartBudget.window, leastWindow);
    // Whatever else is under way goes on with what it has in mind.
    const byItself = !ended.asked && machine.state === "started";
    const restarting =
      byItself &&
      isRestarted(machine.config, { exitCode: ended.exitCode, restarts: machine.restarts, now, window });
    if (restarting) {
      machine.restarts = [...machine.restarts.filter((at) => at > now - window), now];
      machine.restartCount += 1;
    }
    const exit = exitEvent(ended, restarting);
    const next = !byItself ? machine.state : restarting ? "restarting" : "stopped";
    enter(estate, machine, next, { type: "exit", source: "flyd", exit });
    if (restarting)
      queue.add(machine.id, async () => {
        await wait(takes.restartPause);
        if (machine.state !== "restarting") return;
        enter(estate, machine, "starting", { type: "restart", source: "flyd" });
        await boot(machine);
      });
    else if (byItself && machine.config.auto_destroy === true) destroy(machine);
  };

  /** From "starting" to "started", unless something else was asked for meanwhile. */
  const boot = async (machine: Machine): Promise<void> => {
    await wait(takes.boot + (imageOf(machine.config)?.boot ?? 0));
    const slow = weather.read(coldStart, machine);
    if (slow !== undefined) await sleep(milliseconds(slow.parameters.delay));
    if (machine.state !== "starting" || closing) return;
    await runner.run(machine, (ended) => {
      onExit(machine, ended);
    });
    // The state may have changed while the program was starting, whatever the check above has seen.
    if ((machine.state as MachineState) === "starting")
      enter(estate, machine, "started", { type: "start", source: "flyd" });
  };

  const startNow = (machine: Machine, source: Source): void => {
    machine.restarts = [];
    machine.restartCount = 0;
    enter(estate, machine, "starting", { type: "start", source });
    queue.add(machine.id, () => boot(machine));
  };

  const destroy = (machine: Machine): void => {
    enter(estate, machine, "destroying", { type: "destroy", source: "user" });
    queue.add(machine.id, async () => {
      await runner.end(machine, { signal: "SIGKILL" });
      await wait(takes.destroy);
      for (const volume of estate.volumes.values())
        if (volume.attachedMachine === machine.id) volume.attachedMachine = undefined;
      enter(estate, machine, "destroyed", { type: "destroy", source: "flyd" });
      addresses.give(machine.address);
      await rm(machine.root, { recursive: true, force: true });
    });
  };

  const gone = (machine: Machine): void => {
    if (machine.state === "destroyed" || machine.state === "destroying")
      throw new Refusal(412, `failed_precondition: machine ${machine.id} is ${machine.state}`);
  };

  const stop = (machine: Machine, source: Source, wish?: StopWish): void => {
    gone(machine);
    if (machine.state === "stopped" || machine.state === "stopping") return;
    enter(estate, machine, "stopping", { type: "stop", source });
    queue.add(machine.id, async () => {
      await runner.end(machine, wish);
      if (machine.state === "stopping") enter(estate, machine, "stopped", { type: "stop", source: "flyd" });
    });
  };

  return {
    launch: (machine) => {
      enter(estate, machine, "created", { type: "launch", source: "user" });
      queue.add(machine.id, async () => {
        await wait(takes.create);
        if (machine.state !== "created") return;
        enter(estate, machine, "starting", { type: "start", source: "flyd" });
        await boot(machine);
      });
    },
    settle: (machine) => {
      enter(estate, machine, "stopped", { type: "launch", source: "user" });
    },
    start: (machine, source) => {
      gone(machine);
      const before = machine.state;
      if (before === "replacing")
        throw new Refusal(412, "failed_precondition: machine getting replaced, refusing to start");
      if (before === "starting" || before === "restarting")
        throw new Refusal(412, "failed_precondition: machine still attempting to start");
      if (before === "stopping" || before === "suspending")
        throw new Refusal(412, `failed_precondition: machine is ${before}, refusing to start`);
      if (before === "suspended") {
        enter(estate, machine, "starting", { type: "start", source });
        queue.add(machine.id, async () => {
          await wait(takes.resume);
          if (machine.state !== "starting") return;
          if (machine.process === undefined) {
            await boot(machine);
            return;
          }
          runner.thaw(machine);
          machine.startedAt = Date.now();
          enter(estate, machine, "started", { type: "start", source: "flyd" });
        });
      } else if (before !== "started") startNow(machine, source);
      return before;
    },
    stop,
    suspend: (machine, source) => {
      gone(machine);
      if (machine.state === "suspended" || machine.state === "suspending") return;
      if (machine.state !== "started")
        throw new Refusal(412, `failed_precondition: machine is ${machine.state}, not started`);
      if (!suspendable(machine.config)) {
        stop(machine, source);
        return;
      }
      enter(estate, machine, "suspending", { type: "suspend", source });
      queue.add(machine.id, async () => {
        await wait(takes.suspend);
        if (machine.state !== "suspending") return;
        if (machine.process === undefined) {
          enter(estate, machine, "stopped", { type: "suspend", source: "flyd" });
          return;
        }
        runner.freeze(machine);
        enter(estate, machine, "suspended", { type: "suspend", source: "flyd" });
      });
    },
    restart: (machine, wish) => {
      gone(machine);
      enter(estate, machine, "restarting", { type: "restart", source: "user" });
      queue.add(machine.id, async () => {
        await runner.end(machine, wish);
        if (machine.state !== "restarting") return;
        machine.restarts = [];
        machine.restartCount = 0;
        enter(estate, machine, "starting", { type: "start", source: "flyd" });
        await boot(machine);
      });
    },
    update: (machine, config, { skipLaunch }) => {
      gone(machine);
      const wasLive = live.includes(machine.state);
      machine.config = config;
      nextVersion(machine);
      if (!wasLive && skipLaunch && machine.state !== "suspended") {
        enter(estate, machine, machine.state, { type: "update", source: "user" });
        return;
      }
      enter(estate, machine, "replacing", { type: "update", source: "user" });
      const { instanceId } = machine;
      queue.add(machine.id, async () => {
        await runner.end(machine);
        if (machine.state !== "replacing" || machine.instanceId !== instanceId) return;
        if (skipLaunch) {
          enter(estate, machine, "stopped", { type: "update", source: "flyd" });
          return;
        }
        machine.restarts = [];
        machine.restartCount = 0;
        enter(estate, machine, "starting", { type: "start", source: "flyd" });
        await boot(machine);
      });
    },
    destroy: (machine, { force }) => {
      if (machine.state === "destroying" || machine.state === "destroyed") return;
      const resting: readonly MachineState[] = ["created", "stopped", "suspended", "failed"];
      if (!force && !resting.includes(machine.state))
        throw new Refusal(
          412,
          "failed_precondition: unable to destroy machine, not currently stopped or suspended",
        );
      destroy(machine);
    },
    idle: () => queue.idle(),
    stopAll: async () => {
      closing = true;
      await Promise.all(
        [...estate.machines.values()].map((machine) => runner.end(machine, { signal: "SIGKILL" })),
      );
      await queue.idle();
      // A start that was under way when closing began may have come through.
      await Promise.all(
        [...estate.machines.values()].map((machine) => runner.end(machine, { signal: "SIGKILL" })),
      );
    },
  };
};

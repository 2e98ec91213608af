import type { Estate } from "../machines/estate";
import { Refusal } from "../machines/refusal";
import { settledStates, type Machine } from "../model/machine";

/** Seconds that a wait may last. Source: fly-go. */
const longest = 60;

export interface Wait {
  /** States that end it; "settled" for any that lasts. */
  readonly states: readonly string[];
  /** The instance id that has to be in the state. */
  readonly version: string | undefined;
  readonly timeout: string | undefined;
}

const seconds = (timeout: string | undefined): number => {
  const value = timeout === undefined ? longest : Number(timeout.replace(/s$/, ""));
  if (Number.isNaN(value)) throw new Refusal(400, "invalid_argument: timeout is not a number of seconds");
  return Math.min(longest, Math.max(1, value));
};

/** Waits until the machine is in one of the states; refuses with 408 when the time is up. */
export const waitFor = (
  estate: Estate,
  machine: Machine,
  { states, version, timeout }: Wait,
): Promise<Machine> => {
  const wanted = states.length === 0 ? ["started"] : states;
  if (wanted.includes("stopped") && version === undefined)
    throw new Refusal(400, "instance_id required when waiting for stopped machine");
  if (version !== undefined && !machine.versions.some(({ instanceId }) => instanceId === version))
    throw new Refusal(404, `not_found: machine has no version ${version}`);

  // What was replaced comes to no other state any more.
  const replacedBy = (): Refusal | undefined =>
    version === undefined || machine.instanceId === version
      ? undefined
      : new Refusal(400, `failed_precondition: version ${version} was replaced by ${machine.instanceId}`);
  const reached = (): boolean =>
    wanted.some((state) =>
      state === "settled" ? settledStates.includes(machine.state) : machine.state === state,
    );

  return new Promise((resolve, reject) => {
    const done = (finish: () => void): void => {
      clearTimeout(timer);
      unwatch();
      finish();
    };
    const look = (): void => {
      const replaced = replacedBy();
      if (replaced === undefined && !reached()) return;
      done(() => {
        if (replaced === undefined) resolve(machine);
        else reject(replaced);
      });
    };
    const timer = setTimeout(
      () => {
        done(() => {
          reject(
            new Refusal(
              408,
              `machine failed to reach desired state, ${wanted.join(", ")}, currently ${machine.state}`,
            ),
          );
        });
      },
      seconds(timeout) * 1_000,
    );
    timer.unref(); // a wait that nobody reads any more holds nothing up
    const unwatch = estate.watch((changed) => {
      if (changed === machine) look();
    });
    look();
  });
};

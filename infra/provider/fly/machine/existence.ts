import type { MachineInputs } from "../../../model/fly-resources";
import type { ApiMachine } from "../api-machine";
import type { FlyClient } from "../client";
import type { Connection } from "../connection";
import { failure, statusOf } from "../failures";
import { withLease } from "../lease";
import { isGone, isResting } from "../machines";
import { makeOnce, removeUntilGone } from "../once";
import { configWith } from "./config";
import { markOf, shown } from "./view";

/**
 * The machine of that name; none, or one.
 * @throws ProviderError when two have it: names are unique in an app, and one of them must go
 */
export const byName = (
  machines: readonly ApiMachine[],
  { app, name }: Pick<MachineInputs, "app" | "name">,
  attempted: string,
): ApiMachine | undefined => {
  const [found, ...more] = machines.filter((machine) => machine.name === name && !isGone(machine));
  if (found === undefined || more.length === 0) return found;
  throw failure(
    attempted,
    `${more.length + 1} machines have the name ${name}: ${[found, ...more].map(({ id }) => id).join(", ")}`,
    `Keep one and remove the others: \`fly machine destroy --force -a ${app} ID\`.`,
  );
};

/** A machine of that name as it must be to be this resource's, left behind by an interrupted run. */
const own = (found: ApiMachine, declared: MachineInputs, mark: string, attempted: string): ApiMachine => {
  const { app, name, region, mount } = declared;
  if (markOf(found) !== mark) {
    throw failure(
      attempted,
      `there is one of that name already (${found.id}), made by ${markOf(found) ?? "something else"}`,
      `Import it ("${app}/${name}"), or declare another name. Where the resource was renamed in the program, give it an alias.`,
    );
  }
  const now = shown(found, declared);
  const isElsewhere = found.region !== region;
  if (!isElsewhere && now.mount?.volumeId === mount?.volumeId) return found;
  throw failure(
    attempted,
    `an interrupted run has left one (${found.id}) ${isElsewhere ? `in ${found.region}` : "with another volume"}, which cannot be changed`,
    `Remove it: \`fly machine destroy --force -a ${app} ${found.id}\`, then run again.`,
  );
};

export interface Existing {
  readonly machine: ApiMachine;
  /** Whether it was there before. */
  readonly isAdopted: boolean;
}

/** Adopts the machine of that name that an interrupted run has left behind, or makes one. Never makes two. */
export const createOrAdopt = async (
  connection: Connection,
  fly: FlyClient,
  declared: MachineInputs,
  mark: string,
  attempted: string,
): Promise<Existing> => {
  const before = byName(await fly.listTogether(), declared, attempted);
  if (before !== undefined) return { machine: own(before, declared, mark, attempted), isAdopted: true };
  const config = configWith({}, declared, declared, mark);
  const machine = await makeOnce(
    connection,
    () => fly.create({ name: declared.name, region: declared.region, config, skip_launch: false }),
    async () => {
      const made = byName(await fly.list(), declared, attempted);
      return made && own(made, declared, mark, attempted);
    },
  );
  return { machine, isAdopted: false };
};

const stopSeconds = 30;

/** Stops the machine as its stop_config has it, and removes it; its volume is free for another then. */
export const remove = async (connection: Connection, fly: FlyClient, id: string): Promise<void> => {
  const isAway = async (): Promise<boolean> => {
    try {
      return (await fly.get(id)).state === "destroyed";
    } catch (error) {
      if (statusOf(error) === 404) return true;
      throw error;
    }
  };
  try {
    await withLease(fly, id, async (lease) => {
      const machine = await fly.get(id);
      if (!isGone(machine) && !isResting(machine)) {
        await fly.stop(id, lease.nonce());
        await fly.wait(id, { version: machine.instance_id, state: "stopped", timeout: stopSeconds });
        await lease.keep();
      }
      await removeUntilGone(connection, () => fly.destroy(id, lease.nonce()), isAway);
    });
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
};

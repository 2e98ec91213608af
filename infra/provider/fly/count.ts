import type { MachineSettingsInputs } from "../../model/machine-settings";
import { milliseconds } from "../../model/units";
import type { ResourceContext } from "../resource";
import { asObject, isReadable, type ApiMachine, type ReadableMachine } from "./api-machine";
import type { FlyClient } from "./client";
import { failure, isAnswerLost, statusOf } from "./failures";
import { withLease } from "./lease";
import { hasVolume, isGone, isResting, troubleOf } from "./machines";
import { prove } from "./proof";
import { membersOf, othersServe, waitForOthers, type Member } from "./rollout";

// How many machines a group has: what is missing is copied from one that serves, what is too many is removed where
// the declaration allows it.

/** The mark of a machine that was made here, by which it is found again when the answer was lost. */
const mark = "flymon_created";
const attempts = 5;

const scaleCommand = (app: string, group: string, count: number): string =>
  `fly scale count ${count} --process-group ${group} -a ${app}`;

/**
 * Makes and removes machines until each group has as many as declared.
 * @returns whether there was anything to do
 */
export const bringToCount = async (
  fly: FlyClient,
  declared: MachineSettingsInputs,
  machines: readonly ApiMachine[],
  log: ResourceContext["log"],
): Promise<boolean> => {
  let isChanged = false;
  const names = new Set(machines.map(({ name }) => name));
  for (const [group, { count }] of Object.entries(declared.processGroups)) {
    const inGroup = (all: readonly ApiMachine[]): readonly Member[] =>
      membersOf(declared, all).filter((member) => member.group === group);
    if (count === undefined || inGroup(machines).length === 0 || inGroup(machines).length >= count) continue;
    // One that was just started may be the only one to copy.
    const mine = inGroup((await waitForOthers(fly, declared, machines)).machines);
    for (let missing = count - mine.length; missing > 0; missing--) {
      const sibling = siblingOf(fly, group, mine, declared.primaryRegion, count);
      const name = freeName(group, names);
      names.add(name);
      log("info", `${group}: adding ${name}, a copy of ${sibling.id} in ${sibling.region}`);
      await addMachine(fly, sibling, name, milliseconds(declared.waitTimeout));
      isChanged = true;
    }
  }
  for (const { machine, group } of surplusOf(declared, machines, log)) {
    log("info", `${group}: removing ${machine.id} (${machine.state})`);
    await removeMachine(fly, declared, machine);
    isChanged = true;
  }
  return isChanged;
};

const freeName = (group: string, taken: ReadonlySet<string>): string => {
  for (let number = 1; ; number++) if (!taken.has(`${group}-${number}`)) return `${group}-${number}`;
};

const siblingOf = (
  fly: FlyClient,
  group: string,
  members: readonly Member[],
  region: string | undefined,
  count: number,
): ReadableMachine => {
  const attempted = `giving ${group} of ${fly.app} ${count} machines instead of ${members.length}`;
  const readable = members.map(({ machine }) => machine).filter(isReadable);
  if (readable.some(({ config }) => hasVolume(config))) {
    throw failure(
      attempted,
      "its machines have volumes, whose content cannot be copied",
      `Do it by \`${scaleCommand(fly.app, group, count)}\`, then run again.`,
    );
  }
  const candidates = readable.filter((machine) => isResting(machine) || troubleOf(machine) === undefined);
  const rank = (machine: ApiMachine): number =>
    (isResting(machine) ? 2 : 0) + (machine.region === region ? 0 : 1);
  const [sibling] = candidates.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  if (sibling !== undefined) return sibling;
  throw failure(
    attempted,
    "none of its machines serves, so that there is none to copy",
    `See what is wrong with them (\`fly status -a ${fly.app}\`), then run again.`,
  );
};

/** A copy of `sibling` under a new name, running where that runs; one that does not serve is removed again. */
const addMachine = async (
  fly: FlyClient,
  sibling: ReadableMachine,
  name: string,
  waitMs: number,
): Promise<void> => {
  const attempted = `adding the machine ${name} to ${fly.app}, a copy of ${sibling.id}`;
  try {
    const isAtRest = isResting(sibling);
    const machine = await createOnce(fly, {
      name,
      region: sibling.region,
      config: { ...sibling.config, metadata: { ...asObject(sibling.config["metadata"]), [mark]: name } },
      skip_launch: isAtRest,
    });
    if (isAtRest) return;
    await withLease(fly, machine.id, async (lease) => {
      const { trouble, isAnothers } = await prove(fly, lease, machine, waitMs);
      if (trouble === undefined) return;
      if (!isAnothers) await fly.destroy(machine.id, lease.nonce());
      throw failure(
        attempted,
        `the new machine ${machine.id} ${trouble}${isAnothers ? "" : "; it is removed again"}`,
        `See what the copied one needs (\`fly logs -a ${fly.app}\`), then run again`,
      );
    });
  } catch (error) {
    throw fly.explained(error, attempted);
  }
};

/** Never makes two: a create whose answer was lost is looked up by its mark before it is sent again. */
const createOnce = async (fly: FlyClient, wish: Parameters<FlyClient["create"]>[0]): Promise<ApiMachine> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fly.create(wish);
    } catch (error) {
      // 409: a machine of that name is there, names being unique in an app.
      const isUnclear = isAnswerLost(error) || statusOf(error) === 409;
      if (!isUnclear) throw error;
      await fly.clock.sleep(fly.clock.random() * 500 * 2 ** attempt, fly.signal);
      const made = (await fly.list({ [mark]: wish.name })).find(
        (machine) =>
          !isGone(machine) &&
          // Not every server minds the filter.
          asObject(asObject(machine.config)["metadata"])[mark] === wish.name,
      );
      if (made !== undefined) return made;
      if (attempt >= attempts) throw error;
    }
  }
};

/** The machines that are to go; those that must stay although they are too many are warned of. */
const surplusOf = (
  declared: MachineSettingsInputs,
  machines: readonly ApiMachine[],
  log: ResourceContext["log"],
): readonly Member[] => {
  const { app, primaryRegion, processGroups } = declared;
  const members = membersOf(declared, machines);
  return Object.entries(processGroups).flatMap(([group, { count, removeSurplus, services }]) => {
    const mine = members.filter((member) => member.group === group);
    const surplus = count === undefined ? 0 : mine.length - count;
    if (count === undefined || surplus <= 0) return [];
    const more = `${group} of ${app} has ${mine.length} machines, ${surplus} more than declared`;
    const command = `\`${scaleCommand(app, group, count)}\``;
    if (removeSurplus !== true) {
      log("warning", `${more}; they stay: declare removeSurplusMachines, or use ${command}.`);
      return [];
    }
    const rank = ({ machine }: Member): number =>
      (isResting(machine) ? 0 : 2) + (machine.region === primaryRegion ? 1 : 0);
    const running = mine.filter(({ machine }) => !isResting(machine)).length;
    const minimum = Math.max(0, ...(services ?? []).map((service) => service.min_machines_running ?? 0));
    const removable = mine
      .filter(({ machine }) => isReadable(machine) && !hasVolume(machine.config))
      .sort((a, b) => rank(a) - rank(b) || (a.machine.id < b.machine.id ? 1 : -1));
    const resting = removable.filter(({ machine }) => isResting(machine)).length;
    const allowed = Math.min(surplus, removable.length, resting + Math.max(0, running - minimum));
    if (allowed < surplus) {
      const why = "the others have volumes, hosts that cannot be reached, or are the last that run";
      log("warning", `${more}, and ${allowed} can be removed: ${why}. Use ${command}.`);
    }
    return removable.slice(0, allowed);
  });
};

const stopSeconds = 30;

const removeMachine = async (
  fly: FlyClient,
  declared: MachineSettingsInputs,
  machine: ApiMachine,
): Promise<void> => {
  const attempted = `removing the machine ${machine.id} of ${fly.app}, which is more than declared`;
  try {
    if (!isResting(machine)) await othersServe(fly, declared, await fly.list(), machine.id);
    await withLease(fly, machine.id, async (lease) => {
      if (!isResting(await fly.get(machine.id))) {
        await fly.stop(machine.id, lease.nonce());
        await fly.wait(machine.id, { version: machine.instance_id, state: "stopped", timeout: stopSeconds });
        await lease.keep();
      }
      await fly.destroy(machine.id, lease.nonce());
    });
  } catch (error) {
    if (statusOf(error) === 404) return; // gone already
    throw fly.explained(error, attempted);
  }
};

import type { GroupSettings, MachineSettingsInputs } from "../../model/machine-settings";
import { milliseconds } from "../../model/units";
import type { ResourceContext } from "../resource";
import { isReadable, type ApiMachine, type ReadableMachine } from "./api-machine";
import type { FlyClient } from "./client";
import { failure } from "./failures";
import { isCritical, isResting, troubleOf } from "./machines";
import { byGroup, differencesOf, inWords } from "./observed";
import { bringInLine } from "./update";

/** A machine of a declared group. */
export interface Member {
  readonly group: string;
  readonly settings: GroupSettings;
  readonly machine: ApiMachine;
}

export const membersOf = (
  { processGroups }: MachineSettingsInputs,
  machines: readonly ApiMachine[],
): readonly Member[] => {
  const groups = byGroup(machines);
  return Object.entries(processGroups).flatMap(([group, settings]) =>
    (groups.get(group) ?? []).map((machine) => ({ group, settings, machine })),
  );
};

export type OutOfLine = Member & { readonly machine: ReadableMachine };

export const outOfLine = (members: readonly Member[]): readonly OutOfLine[] =>
  members.filter(
    (member): member is OutOfLine =>
      isReadable(member.machine) && differencesOf(member.machine, member.group, member.settings).length > 0,
  );

/** Started, and out of routing: it cannot get worse by an update. */
const isDown = ({ machine }: Member): boolean => machine.state === "started" && isCritical(machine);

/** First what is down already, then what serves, so that bad settings show before the resting ones get them. */
const rank = (member: Member): number => (isDown(member) ? 0 : isResting(member.machine) ? 2 : 1);

const inOrder = (members: readonly OutOfLine[]): readonly OutOfLine[] =>
  [...members].sort((a, b) => rank(a) - rank(b) || (a.machine.id < b.machine.id ? -1 : 1));

/** How long machines that are not being changed may take to serve before the next one is taken out. */
const patienceMs = 120_000;
const pauseMs = 2_000;

/** The machines after a wait, and the first that does not serve even so. */
export interface Standing {
  readonly machines: readonly ApiMachine[];
  readonly down: Member | undefined;
}

/**
 * Waits until all machines serve, as those that were just started soon do; resting ones and those whose host is gone
 * do not count.
 * @param except a machine about to be taken out: it does not count, nor do cordoned ones, which are out already
 */
export const waitForOthers = async (
  fly: FlyClient,
  declared: MachineSettingsInputs,
  machines: readonly ApiMachine[],
  except?: string,
): Promise<Standing> => {
  const deadline = fly.clock.now() + Math.min(patienceMs, milliseconds(declared.waitTimeout));
  for (let current = machines; ; current = await fly.list()) {
    const down = membersOf(declared, current).find(
      ({ machine }) =>
        machine.id !== except &&
        !isResting(machine) &&
        (except === undefined || machine.cordoned !== true) &&
        isReadable(machine) &&
        troubleOf(machine) !== undefined,
    );
    if (down === undefined || fly.clock.now() >= deadline) return { machines: current, down };
    await fly.clock.sleep(pauseMs, fly.signal);
  }
};

/** @throws ProviderError that names a machine which does not serve, so that another must not be taken out too */
export const othersServe = async (
  fly: FlyClient,
  declared: MachineSettingsInputs,
  machines: readonly ApiMachine[],
  except: string,
): Promise<void> => {
  const { down } = await waitForOthers(fly, declared, machines, except);
  if (down === undefined) return;
  throw failure(
    `changing the machine ${except} of ${fly.app}`,
    `the machine ${down.machine.id} (${down.group}) ${troubleOf(down.machine) ?? "does not serve"}, and with it two would be out of service`,
    `Mend that one first (\`fly logs -a ${fly.app} --machine ${down.machine.id}\`), or the settings that it has, and run again`,
  );
};

/**
 * Brings the app's machines in line, one after the other; the next only when all others serve. The first failure ends
 * it. A machine that is in line costs no request.
 * @returns the machines as they are then
 */
export const rollOut = async (
  fly: FlyClient,
  declared: MachineSettingsInputs,
  machines: readonly ApiMachine[],
  log: ResourceContext["log"],
): Promise<readonly ApiMachine[]> => {
  const touched = new Set<string>();
  for (let current = machines; ; current = await fly.list()) {
    const members = outOfLine(membersOf(declared, current));
    const [next] = inOrder(members.filter(({ machine }) => !touched.has(machine.id)));
    if (next === undefined) {
      await refuseStubborn(fly, members);
      return current;
    }
    const { machine, group, settings } = next;
    if (rank(next) === 1) await othersServe(fly, declared, current, machine.id);
    const changes = differencesOf(machine, group, settings).map(({ path, declared: wanted, found }) =>
      inWords(path, found, wanted),
    );
    log("info", `${group}: updating ${machine.id} (${machine.state}): ${changes.join(", ")}`);
    await bringInLine(fly, machine.id, { group, settings, waitMs: milliseconds(declared.waitTimeout) });
    touched.add(machine.id);
  }
};

/** @throws ProviderError where Fly has taken an update and shows other settings nevertheless */
const refuseStubborn = async (fly: FlyClient, members: readonly OutOfLine[]): Promise<void> => {
  for (const { machine, group, settings } of members) {
    const now = await fly.get(machine.id); // a list may lag behind
    const [difference] = isReadable(now) ? differencesOf(now, group, settings) : [];
    if (difference === undefined) continue;
    const { path, declared, found } = difference;
    throw failure(
      `updating the machine ${machine.id} of ${fly.app} (${group})`,
      `Fly took it and still shows another value than declared: ${inWords(path, declared, found)}`,
      "Declare what Fly shows, or see whether something else sets it.",
    );
  }
};

import { valueAt } from "../../model/diagnostics";
import type { MachineSettingsInputs } from "../../model/machine-settings";
import { messageOf } from "../errors";
import type { ResourceContext } from "../resource";
import { isReadable, type ApiMachine } from "./api-machine";
import { connectFly, type FlyWorld } from "./client";
import { isResting } from "./machines";
import { differencesOf, inWords } from "./observed";
import { isSame } from "./plain";
import { listMachines, noApp, refuseImpossible } from "./refusals";
import { membersOf, outOfLine } from "./rollout";

// What is told of machines that are not as declared: at a preview, and at a refresh.

/** A line for each value that is not as declared: changed outside since the last look, or not applied yet. */
export const tellDrift = (
  declared: MachineSettingsInputs,
  state: MachineSettingsInputs,
  machines: readonly ApiMachine[],
  log: ResourceContext["log"],
): void => {
  const differences = membersOf(declared, machines).flatMap(({ machine, group, settings }) =>
    isReadable(machine) ? differencesOf(machine, group, settings) : [],
  );
  for (const { group, path, declared: wanted, found, machine } of differences) {
    // What the last apply has left undone shows in the state already.
    const isNews = isSame(valueAt(state.processGroups[group], path), wanted);
    const what = `${group}: ${inWords(path, wanted, found)} on ${machine}`;
    log(isNews ? "warning" : "info", `${what}, ${isNews ? "changed outside" : "not applied yet"}`);
  }
};

/** Says at a preview which machines the apply would reboot; what cannot be looked at is told and stops nothing. */
export const forecast = async (
  world: FlyWorld,
  declared: MachineSettingsInputs,
  context: ResourceContext,
): Promise<void> => {
  const { app } = declared;
  try {
    const fly = connectFly(world, context, app);
    const machines = await listMachines(fly);
    if (machines === undefined) throw noApp(app);
    refuseImpossible(declared, machines);
    const members = membersOf(declared, machines);
    for (const { machine, group, settings } of outOfLine(members)) {
      const changes = differencesOf(machine, group, settings).map(({ path, declared: wanted, found }) =>
        inWords(path, found, wanted),
      );
      const how = isResting(machine) ? "without being started" : "and rebooted";
      context.log("info", `${group}: ${machine.id} would be updated ${how}: ${changes.join(", ")}`);
    }
    for (const [name, { count = 0 }] of Object.entries(declared.processGroups)) {
      const missing = count - members.filter(({ group }) => group === name).length;
      if (missing > 0) context.log("info", `${name}: machines would be added: ${missing}`);
    }
  } catch (error) {
    context.signal.throwIfAborted();
    context.log("warning", messageOf(error));
  }
};

import type { MachineSettingsInputs } from "../../model/machine-settings";
import { messageOf, PartialFailure } from "../errors";
import type { ResourceContext } from "../resource";
import { isReadable } from "./api-machine";
import { connectFly, type FlyWorld } from "./client";
import { bringToCount } from "./count";
import { isResting, troubleOf } from "./machines";
import { observed } from "./observed";
import { listMachines, noApp, refuseImpossible } from "./refusals";
import { membersOf, rollOut } from "./rollout";

/**
 * Brings an app's machines in line and to number.
 * @throws PartialFailure with what the machines really have, once any may have been touched
 */
export const apply = async (
  world: FlyWorld,
  declared: MachineSettingsInputs,
  context: ResourceContext,
): Promise<MachineSettingsInputs> => {
  const { app } = declared;
  const fly = connectFly(world, context, app);
  const before = await listMachines(fly);
  if (before === undefined) throw noApp(app);
  refuseImpossible(declared, before);

  let known = before;
  try {
    known = await rollOut(fly, declared, before, context.log);
    const isChanged = await bringToCount(fly, declared, known, context.log);
    if (isChanged) known = await fly.list();
  } catch (error) {
    const reason = messageOf(fly.explained(error, `setting the machines of ${app}`));
    const now = await fly.list().catch(() => known);
    throw new PartialFailure(app, observed(declared, now), [reason]);
  }

  const skipped = membersOf(declared, known).filter(({ machine }) => !isReadable(machine));
  for (const { machine } of membersOf(declared, known)) {
    const trouble = isResting(machine) ? undefined : troubleOf(machine);
    if (trouble !== undefined) context.log("warning", `The machine ${machine.id} of ${app} ${trouble}.`);
  }
  if (skipped.length > 0) {
    const reasons = skipped.map(
      ({ machine, group }) =>
        `The host of the machine ${machine.id} of ${app} (${group}) is ${machine.host_status ?? "not reachable"}: it was left as it is. Run again when the host is back.`,
    );
    for (const reason of reasons) context.log("warning", reason);
    throw new PartialFailure(app, observed(declared, known), reasons);
  }
  return observed(declared, known);
};

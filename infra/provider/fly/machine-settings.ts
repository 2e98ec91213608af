import { z } from "zod";
import type { MachineSettingsInputs } from "../../model/machine-settings";
import { systemClock } from "../clock";
import { containsUnknown } from "../properties";
import type { ResourceKind } from "../resource";
import { apply } from "./apply";
import { connectFly, type FlyWorld } from "./client";
import { forecast, tellDrift } from "./forecast";
import { managedPart } from "./group-settings";
import { machineSettingsSchema, plainInputs } from "./inputs";
import { described, observed } from "./observed";
import { listMachines, noMachines } from "./refusals";
import { httpTransport } from "./transport";

/** What of the state the declaration speaks of: what is no longer declared is no difference, it is left alone. */
const managedState = (
  state: MachineSettingsInputs,
  declared: MachineSettingsInputs,
): MachineSettingsInputs => ({
  ...state,
  processGroups: Object.fromEntries(
    Object.entries(declared.processGroups).flatMap(([name, settings]) => {
      const found = state.processGroups[name];
      return found ? [[name, managedPart(found, settings)]] : [];
    }),
  ),
  ...(declared.primaryRegion === undefined && { primaryRegion: undefined }),
});

/**
 * The settings of an app's machines: checks, auto-stop, minimum, concurrency, size, restart policy, metrics, and how
 * many there are. Everything else of a machine's config is foreign and goes back as it came.
 *
 * Machines are updated one after the other, each under its lease; Fly has no way to set a running machine without
 * rebooting it, so the next is touched only when all others serve. What fails gets its former config back.
 */
export const machineSettingsKind = (world: FlyWorld): ResourceKind<MachineSettingsInputs> => ({
  type: "flymon:fly:MachineSettings",
  description: "What the running machines of an app are set to, over the Machines API.",
  inputs: machineSettingsSchema,
  computed: z.object({}),
  replaceOn: ["app"],
  secretOutputs: [],
  openInputs: ["app", "primaryRegion", "waitTimeout", "processGroups"],

  normalize: (inputs) => (containsUnknown(inputs) ? inputs : plainInputs(inputs)),
  managed: managedState,
  forecast: (declared, context) => forecast(world, declared, context),

  create: async (declared, context) => ({
    id: declared.app,
    state: await apply(world, declared, context),
  }),
  update: (_id, _state, declared, context) => apply(world, declared, context),

  read: async (id, state, context, inputs) => {
    const app = state?.app ?? id;
    const fly = connectFly(world, context, app);
    const machines = await listMachines(fly);
    if (machines === undefined) return undefined;
    if (state === undefined) {
      const processGroups = described(app, machines);
      if (Object.keys(processGroups).length === 0) throw noMachines(app, []);
      return { id: app, state: { app, waitTimeout: "5m", processGroups } };
    }
    const declared = inputs ?? state;
    tellDrift(declared, state, machines, context.log);
    return { id: app, state: observed(declared, machines), inputs: declared };
  },

  delete: (_id, { app }, context) => {
    context.log("info", `The machines of ${app} keep their settings: nothing is changed on Fly.`);
    return Promise.resolve();
  },
});

export const machineSettings = machineSettingsKind({ transport: httpTransport, clock: systemClock });

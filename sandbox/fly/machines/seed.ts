import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { settledStates, type Machine } from "../model/machine";
import type { Platform } from "../platform";
import { createApp, createMachine, createVolume, wantedConfig } from "./create";

const seededMachine = z.strictObject({
  name: z.string().min(1).optional(),
  region: z.string().min(1).default("ord"),
  config: z.unknown(),
  /** How many of the kind. */
  count: z.int().min(1).max(50).default(1),
  /** What it is left in. */
  state: z.enum(["started", "stopped"]).default("started"),
  /** A volume made and mounted for each. */
  volume: z
    .strictObject({
      name: z.string(),
      sizeGb: z.int().min(1).max(500),
      path: z.string(),
      used: z.number().min(0).max(1).optional(),
    })
    .optional(),
});

/** An app with its machines, in one go. */
export const seededAppSchema = z.strictObject({
  name: z.string().min(1),
  machines: z.array(seededMachine).default([]),
});
export type SeededApp = z.input<typeof seededAppSchema>;

const patience = 30_000;

/** Makes an app with machines and waits until each is started, or as it is wished to be. Throws a Refusal for mistakes. */
export const seedApp = async (
  { estate, lifecycle, addresses }: Platform,
  wish: z.output<typeof seededAppSchema>,
): Promise<readonly Machine[]> => {
  const configs = wish.machines.map(({ config }) => wantedConfig(config));
  createApp(estate, wish.name);
  const made: Machine[] = [];
  for (const [index, { region, name, count, state, volume }] of wish.machines.entries())
    for (let turn = 0; turn < count; turn += 1) {
      const config =
        volume === undefined
          ? configs[index]
          : wantedConfig({
              ...configs[index],
              mounts: [
                {
                  volume: createVolume(estate, { app: wish.name, region, ...volume }).id,
                  path: volume.path,
                  name: volume.name,
                },
              ],
            });
      if (config === undefined) continue;
      const machine = await createMachine(estate, addresses, {
        app: wish.name,
        name: count > 1 && name !== undefined ? `${name}-${turn + 1}` : name,
        region,
        config,
      });
      if (state === "stopped") lifecycle.settle(machine);
      else lifecycle.launch(machine);
      made.push(machine);
    }
  const deadline = Date.now() + patience;
  while (
    made.some(({ state }) => state !== "restarting" && !settledStates.includes(state)) &&
    Date.now() < deadline
  )
    await pause(20);
  return made;
};

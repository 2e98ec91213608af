import { z } from "zod";
import type { VolumeInputs } from "../../../model/fly-resources";
import { limits } from "../../../model/limits";
import { systemClock } from "../../clock";
import { messageOf, PartialFailure } from "../../errors";
import type { ResourceContext, ResourceKind } from "../../resource";
import { connect, type Connection, type FlyWorld } from "../connection";
import { failure } from "../failures";
import { appName, onDestroy, region } from "../names";
import { makeOnce, removeUntilGone } from "../once";
import { httpTransport } from "../transport";
import { volumesOf, type ApiVolume, type Extended, type VolumeClient } from "./client";
import { createOrAdopt } from "./existence";

type VolumeState = VolumeInputs & { readonly volumeId: string };

const whole = (what: string, { min, max }: { readonly min: number; readonly max: number }) =>
  z
    .int(`must be a whole number of ${what}`)
    .min(min, `must be ${min} or more`)
    .max(max, `must be ${max} or less`);

const inputs = z.strictObject({
  app: appName.describe("The app's name."),
  name: z
    .string("must be the volume's name")
    .regex(/^[a-z0-9_]{1,30}$/, "must have 1 to 30 lower-case letters, digits and underscores")
    .describe("The volume's name; Fly allows several of one name, a stack should not."),
  region: region.describe("The region, which its machine must be in too."),
  sizeGb: whole("GB", limits.fly.volume.size).describe("GB; it grows in place and never shrinks."),
  snapshotRetention: whole("days", limits.fly.volume.snapshotRetention)
    .optional()
    .describe("Days that daily snapshots are kept; as Fly has it where absent."),
  onDestroy: onDestroy
    .default("keep")
    .describe("What a destroy does; what is on a volume cannot be made again."),
});

const computed = z.object({ volumeId: z.string().describe("Fly's id of the volume, such as vol_4y5j9z2k.") });

const stateOf = (
  found: ApiVolume,
  {
    app,
    snapshotRetention,
    onDestroy: destroy,
  }: Pick<VolumeInputs, "app" | "onDestroy"> & {
    readonly snapshotRetention?: unknown;
  },
): VolumeState => ({
  app,
  name: found.name,
  region: found.region,
  sizeGb: found.size_gb,
  ...(snapshotRetention !== undefined && { snapshotRetention: found.snapshot_retention ?? undefined }),
  onDestroy: destroy,
  volumeId: found.id,
});

/** How a volume is known to the resources of one run. */
const keyOf = (id: string): string => `volume ${id}`;

const isNumber = (value: unknown): value is number => typeof value === "number";

/**
 * A volume of an app. Made, or adopted where exactly one of its name and region is attached to no machine, as an
 * interrupted run leaves it. One that was extended outside, by Fly itself perhaps, is no difference.
 */
export const volumeKind = (world: FlyWorld): ResourceKind<VolumeInputs, VolumeState> => {
  const open = (context: ResourceContext, app: string) => {
    const connection = connect(world, context, app);
    return { connection, volumes: volumesOf(connection, app) };
  };

  /** The volume with its size and retention as declared. */
  const settle = async (
    { connection, volumes }: ReturnType<typeof open>,
    found: ApiVolume,
    declared: VolumeInputs,
  ): Promise<VolumeState> => {
    const { sizeGb, snapshotRetention: days } = declared;
    const look = async (): Promise<ApiVolume> => (await volumes.get(found.id)) ?? found;
    try {
      if (found.size_gb < sizeGb) await extend(connection, volumes, found.id, declared);
      if (days !== undefined && found.snapshot_retention !== days) await volumes.setRetention(found.id, days);
      return stateOf(found.size_gb < sizeGb || days !== undefined ? await look() : found, declared);
    } catch (error) {
      const reason = messageOf(
        connection.explained(error, `changing the volume ${found.id} of ${declared.app}`),
      );
      throw new PartialFailure(found.id, stateOf(await look().catch(() => found), declared), [reason]);
    }
  };

  return {
    type: "flymon:fly:Volume",
    description: "A volume of an app on Fly, made or adopted by name and region.",
    inputs,
    computed,
    replaceOn: ["app", "name", "region"],
    wishes: ["onDestroy"],
    secretOutputs: [],
    openInputs: ["app", "name", "region", "sizeGb", "snapshotRetention", "onDestroy"],

    plan: (_declared, state) => (state === undefined ? {} : { volumeId: state.volumeId }),
    managed: (state, declared) => ({
      ...state,
      sizeGb: Math.max(state.sizeGb, declared.sizeGb) === state.sizeGb ? declared.sizeGb : state.sizeGb,
      ...(declared.snapshotRetention === undefined && { snapshotRetention: undefined }),
    }),
    refuseChange: (former, declared) => {
      const isSame = (["app", "name", "region"] as const).every((key) => former[key] === declared[key]);
      if (!isSame || !isNumber(former.sizeGb) || !isNumber(declared.sizeGb)) return [];
      if (declared.sizeGb >= former.sizeGb) return [];
      const reason = `must be ${former.sizeGb} or more: a volume cannot shrink. For a smaller one declare another name, copy the data, then remove this one`;
      return [{ property: "sizeGb", reason }];
    },

    create: async (declared, context) => {
      const { app, name } = declared;
      const attempted = `creating the volume ${name} of ${app}`;
      const fly = open(context, app);
      try {
        const found = await createOrAdopt(fly.connection, fly.volumes, declared, keyOf, attempted);
        return { id: found.id, state: await settle(fly, found, declared) };
      } catch (error) {
        throw fly.connection.explained(error, attempted);
      }
    },

    read: async (id, state, context, declared) => {
      const [app = "", wish = ""] = state === undefined ? id.split("/") : [state.app, id];
      const { connection, volumes } = open(context, app);
      try {
        const found = state === undefined ? await imported(volumes, app, wish) : await volumes.get(wish);
        if (found === undefined) return undefined;
        if (declared !== undefined && found.size_gb > declared.sizeGb) {
          context.log(
            "warning",
            `The volume ${found.id} (${found.name}) of ${app} has ${found.size_gb} GB, ${declared.sizeGb} are declared: it was extended outside, and cannot shrink. Declare sizeGb ${found.size_gb}.`,
          );
        }
        const imports = { app, onDestroy: "keep", snapshotRetention: found.snapshot_retention } as const;
        return {
          id: found.id,
          state: stateOf(found, state ?? imports),
          ...(declared && { inputs: declared }),
        };
      } catch (error) {
        throw connection.explained(error, `looking at the volume ${wish} of ${app}`);
      }
    },

    update: async (id, { app, name }, declared, context) => {
      const attempted = `changing the volume ${name} of ${app}`;
      const fly = open(context, app);
      try {
        const found = await fly.volumes.get(id);
        if (found !== undefined) return await settle(fly, found, declared);
      } catch (error) {
        throw fly.connection.explained(error, attempted);
      }
      throw failure(
        attempted,
        `it is gone (${id})`,
        "Run `pulumi refresh` to forget it; the next `pulumi up` makes it anew.",
      );
    },

    delete: async (id, { app, name, onDestroy: wish }, context) => {
      if (wish === "keep") {
        context.log(
          "info",
          `The volume ${id} (${name}) of ${app} stays on Fly with its data, as declared; \`fly volumes destroy ${id} -a ${app}\` removes it.`,
        );
        return;
      }
      const { connection, volumes } = open(context, app);
      // Another resource of this run has it: this one was renamed in the program.
      if (connection.shared.taken.has(keyOf(id))) return;
      try {
        await removeUntilGone(
          connection,
          () => volumes.delete(id),
          async () => (await volumes.get(id)) === undefined,
        );
      } catch (error) {
        throw connection.explained(error, `removing the volume ${id} (${name}) of ${app}`);
      }
    },
  };
};

const extend = async (
  connection: Connection,
  volumes: VolumeClient,
  id: string,
  { app, sizeGb }: VolumeInputs,
): Promise<void> => {
  const { needs_restart: needsRestart } = await makeOnce<Extended>(
    connection,
    () => volumes.extend(id, sizeGb),
    async () => (((await volumes.get(id))?.size_gb ?? 0) >= sizeGb ? {} : undefined),
  );
  if (needsRestart !== true) return;
  connection.log(
    "warning",
    `The volume ${id} of ${app} has ${sizeGb} GB now; its machine sees them after a restart: \`fly machine restart -a ${app} ID\`.`,
  );
};

/** A volume as a user names it for an import: by its id, or by its name where only one has it. */
const imported = async (volumes: VolumeClient, app: string, wish: string): Promise<ApiVolume | undefined> => {
  if (app === "" || wish === "") {
    throw failure(
      "importing a volume",
      "the id names no app or no volume",
      'Write it as "app/vol_id" or "app/name".',
    );
  }
  const found = (await volumes.list()).filter(({ id, name }) => id === wish || name === wish);
  if (found.length < 2) return found[0];
  throw failure(
    `importing the volume ${wish} of ${app}`,
    `${found.length} volumes have that name: ${found.map(({ id }) => id).join(", ")}`,
    'Name one by its id: "app/vol_id".',
  );
};

export const flyVolume = volumeKind({ transport: httpTransport, clock: systemClock });

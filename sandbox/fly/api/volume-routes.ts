import { createVolume } from "../machines/create";
import type { Estate } from "../machines/estate";
import { Refusal } from "../machines/refusal";
import type { Volume } from "../model/machine";
import { appOf } from "./app-routes";
import type { Api, CallContext } from "./call";
import { volumeView } from "./views";

/** GB, and days that snapshots are kept. Source: Fly docs, "Fly Volumes overview", "Manage volume snapshots". */
const sizes = { preset: 1, min: 1, max: 500 };
const retentions = { min: 1, max: 60 };

const wholeOf = (value: unknown, what: string, { min, max }: { min: number; max: number }): number => {
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max)
    throw new Refusal(422, `Validation failed: ${what} must be between ${min} and ${max}`);
  return value;
};

const retentionOf = (value: unknown): number | undefined =>
  value === undefined ? undefined : wholeOf(value, "snapshot_retention", retentions);

/** What makes, changes and removes volumes; app-routes lists them. */
export const volumeRoutes = (api: Api, estate: Estate): void => {
  const one = "/apps/:app/volumes/:volume";

  const volumeOf = ({ c }: CallContext): Volume => {
    const app = appOf(estate, c.req.param("app"));
    const volume = estate.volumes.get(c.req.param("volume") ?? "");
    if (volume?.app !== app.name) throw new Refusal(404, "volume not found");
    return volume;
  };
  const changed = (volume: Volume, changes: Partial<Volume>): Volume => {
    const after = { ...volume, ...changes };
    estate.volumes.set(volume.id, after);
    return after;
  };

  api.route("POST", "/apps/:app/volumes", "volumes.create", async ({ c, body }) => {
    const app = appOf(estate, c.req.param("app"));
    const { name, region, size_gb: size = sizes.preset, snapshot_retention: retention } = await body();
    if (typeof name !== "string" || !/^[a-z0-9_]{1,30}$/.test(name))
      throw new Refusal(
        422,
        "Validation failed: Name can only contain lowercase alphanumeric characters and underscores",
      );
    if (typeof region !== "string" || region === "")
      throw new Refusal(422, "Validation failed: region is required");
    const snapshotRetention = retentionOf(retention);
    const sizeGb = wholeOf(size, "size_gb", sizes);
    const volume = createVolume(estate, { app: app.name, name, region, sizeGb });
    return c.json(volumeView(changed(volume, snapshotRetention === undefined ? {} : { snapshotRetention })));
  });

  api.route("PUT", one, "volumes.update", async (call) => {
    const volume = volumeOf(call);
    const snapshotRetention = retentionOf((await call.body()).snapshot_retention);
    return call.c.json(
      volumeView(changed(volume, snapshotRetention === undefined ? {} : { snapshotRetention })),
    );
  });

  api.route("PUT", `${one}/extend`, "volumes.extend", async (call) => {
    const volume = volumeOf(call);
    const sizeGb = wholeOf((await call.body()).size_gb, "size_gb", sizes);
    if (sizeGb <= volume.sizeGb)
      throw new Refusal(
        400,
        `invalid_argument: size_gb must be above ${volume.sizeGb}: a volume cannot shrink`,
      );
    return call.c.json({ volume: volumeView(changed(volume, { sizeGb })), needs_restart: false });
  });

  api.route("DELETE", one, "volumes.delete", (call) => {
    const volume = volumeOf(call);
    if (volume.attachedMachine !== undefined)
      throw new Refusal(
        412,
        `failed_precondition: volume ${volume.id} is attached to machine ${volume.attachedMachine}`,
      );
    estate.volumes.delete(volume.id);
    return call.c.json({ ...volumeView(volume), state: "pending_destroy" });
  });
};

import type { VolumeInputs } from "../../../model/fly-resources";
import type { Connection } from "../connection";
import { failure } from "../failures";
import { makeOnce } from "../once";
import type { ApiVolume, VolumeClient } from "./client";

/**
 * Adopts the one volume of that name and region that no machine has, or makes one. Volumes have nothing by which one
 * of an interrupted run could be told from another's, so a second free one is refused rather than guessed at.
 */
export const createOrAdopt = (
  connection: Connection,
  volumes: VolumeClient,
  { app, name, region, sizeGb, snapshotRetention }: VolumeInputs,
  keyOf: (id: string) => string,
  attempted: string,
): Promise<ApiVolume> =>
  connection.shared.lock(`volumes ${app}`, async () => {
    const { taken } = connection.shared;
    const isCandidate = (volume: ApiVolume): boolean =>
      volume.name === name &&
      volume.region === region &&
      (volume.attached_machine_id ?? "") === "" &&
      !taken.has(keyOf(volume.id));
    const before = await volumes.list();
    const [free, ...more] = before.filter(isCandidate);
    if (free !== undefined && more.length > 0) {
      throw failure(
        attempted,
        `${more.length + 1} volumes of that name in ${region} have no machine: ${[free, ...more].map(({ id }) => id).join(", ")}`,
        `Keep one and remove the others (\`fly volumes destroy ID -a ${app}\`), or import the right one: "${app}/ID".`,
      );
    }
    const known = new Set(before.map(({ id }) => id));
    const volume =
      free ??
      (await makeOnce(
        connection,
        () =>
          volumes.create({
            name,
            region,
            size_gb: sizeGb,
            ...(snapshotRetention !== undefined && { snapshot_retention: snapshotRetention }),
          }),
        async () => (await volumes.list()).find((made) => isCandidate(made) && !known.has(made.id)),
      ));
    taken.add(keyOf(volume.id));
    return volume;
  });

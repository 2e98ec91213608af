import { z } from "zod";
import type { Connection, FlyCall } from "../connection";
import { statusOf } from "../failures";

const volumeSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  state: z.string(),
  size_gb: z.number(),
  region: z.string(),
  snapshot_retention: z.number().nullish(),
  attached_machine_id: z.string().nullish(),
});

/** A volume as the Machines API answers it. */
export type ApiVolume = z.infer<typeof volumeSchema>;

const isGone = ({ state }: ApiVolume): boolean => /destroy/.test(state);

export interface VolumeClient {
  /** Those of an app that are not being removed; none where there is no such app. */
  readonly list: () => Promise<readonly ApiVolume[]>;
  /** @returns undefined when it is gone */
  readonly get: (volume: string) => Promise<ApiVolume | undefined>;
  /** Never sent again by itself: whether it took effect must be looked up. */
  readonly create: (wish: VolumeWish) => Promise<ApiVolume>;
  readonly setRetention: (volume: string, days: number) => Promise<ApiVolume>;
  /** Never sent again by itself, for the second time is refused. */
  readonly extend: (volume: string, sizeGb: number) => Promise<Extended>;
  /** Succeeds when it is gone already. */
  readonly delete: (volume: string) => Promise<void>;
}

export interface VolumeWish {
  readonly name: string;
  readonly region: string;
  readonly size_gb: number;
  readonly snapshot_retention?: number;
}

export interface Extended {
  /** Whether its machine sees the new size only after a restart. */
  readonly needs_restart?: boolean | undefined;
}

const extended = z.looseObject({ needs_restart: z.boolean().optional() });

type VolumeCall<Answer> = Omit<FlyCall<Answer>, "identifier"> & { readonly volume?: string };

export const volumesOf = ({ call }: Connection, app: string): VolumeClient => {
  const ask = <Answer>({ volume, path, ...rest }: VolumeCall<Answer>): Promise<Answer> =>
    call({
      ...rest,
      identifier: volume ?? app,
      path: `/apps/${encodeURIComponent(app)}/volumes${volume === undefined ? "" : `/${encodeURIComponent(volume)}`}${path}`,
    });
  const unlessGone = async <Answer>(answer: Promise<Answer>): Promise<Answer | undefined> => {
    try {
      return await answer;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  };

  return {
    list: async () => {
      const all = await unlessGone(
        ask({
          method: "GET",
          action: "volumes.list",
          path: "",
          answer: z.array(volumeSchema),
          isRepeatable: true,
        }),
      );
      return (all ?? []).filter((volume) => !isGone(volume));
    },
    get: async (volume) => {
      const found = await unlessGone(
        ask({
          method: "GET",
          action: "volumes.get",
          volume,
          path: "",
          answer: volumeSchema,
          isRepeatable: true,
        }),
      );
      return found === undefined || isGone(found) ? undefined : found;
    },
    create: (wish) =>
      ask({
        method: "POST",
        action: "volumes.create",
        path: "",
        body: wish,
        answer: volumeSchema,
        isRepeatable: false,
        isUninterruptible: true,
      }),
    setRetention: (volume, days) =>
      ask({
        method: "PUT",
        action: "volumes.update",
        volume,
        path: "",
        body: { snapshot_retention: days },
        answer: volumeSchema,
        isRepeatable: true,
      }),
    extend: (volume, sizeGb) =>
      ask({
        method: "PUT",
        action: "volumes.extend",
        volume,
        path: "/extend",
        body: { size_gb: sizeGb },
        answer: extended,
        isRepeatable: false,
        isUninterruptible: true,
      }),
    delete: async (volume) => {
      await unlessGone(
        ask({
          method: "DELETE",
          action: "volumes.delete",
          volume,
          path: "",
          answer: z.unknown(),
          isRepeatable: true,
        }),
      );
    },
  };
};

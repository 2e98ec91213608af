import { z } from "zod";
import type { Connection } from "../connection";
import { statusOf } from "../failures";

const appSchema = z.looseObject({
  name: z.string().min(1),
  network: z.string().nullish(),
  organization: z.looseObject({ slug: z.string() }),
});

/** An app as the Machines API answers it. */
export type ApiApp = z.infer<typeof appSchema>;

export interface AppClient {
  /** @returns undefined when there is none of that name that the token sees */
  readonly get: (name: string) => Promise<ApiApp | undefined>;
  /** Never sent again by itself: whether it took effect must be looked up. */
  readonly create: (wish: AppWish) => Promise<void>;
  /** Succeeds when it is gone already. */
  readonly delete: (name: string) => Promise<void>;
}

export interface AppWish {
  readonly name: string;
  readonly org: string;
  readonly network?: string | undefined;
}

const at = (name: string): string => `/apps/${encodeURIComponent(name)}`;

export const appsOf = ({ call }: Connection): AppClient => ({
  get: async (name) => {
    try {
      return await call({
        method: "GET",
        action: "apps.get",
        identifier: name,
        path: at(name),
        answer: appSchema,
        isRepeatable: true,
      });
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  },
  create: async ({ name, org, network }) => {
    await call({
      method: "POST",
      action: "apps.create",
      identifier: org,
      path: "/apps",
      body: { app_name: name, org_slug: org, ...(network !== undefined && { network }) },
      answer: z.unknown(),
      isRepeatable: false,
      isUninterruptible: true,
    });
  },
  delete: async (name) => {
    try {
      await call({
        method: "DELETE",
        action: "apps.delete",
        identifier: name,
        path: at(name),
        answer: z.unknown(),
        isRepeatable: true,
      });
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  },
});

import { isReadable, type ApiMachine, type Json } from "./api-machine";
import type { FlyClient } from "./client";
import { statusOf } from "./failures";
import type { Lease } from "./lease";

/** How often an update whose fate is unclear is looked up and sent again. */
const attempts = 5;

export interface Submission {
  /** The machine as it was when the config was made from it. */
  readonly from: ApiMachine;
  readonly config: Json;
  readonly skipLaunch: boolean;
  /** Whether a config that the machine has is the one that was sent, however Fly spells it. */
  readonly isSent: (found: Json) => boolean;
}

/**
 * Sends a config and makes sure of its fate: where no answer came the machine itself is asked.
 * @returns the machine with the config; undefined where something else has changed it instead
 */
export const submit = async (
  fly: FlyClient,
  lease: Lease,
  { from, config, skipLaunch, isSent }: Submission,
): Promise<ApiMachine | undefined> => {
  const wish = { config, current_version: from.instance_id, skip_launch: skipLaunch };
  for (let attempt = 1; ; attempt++) {
    await lease.keep();
    try {
      return await fly.update(from.id, lease.nonce(), wish);
    } catch (error) {
      if ([400, 401, 403, 404, 422].includes(statusOf(error) ?? 0)) throw error;
      if (statusOf(error) === 409) await lease.renew();
      const now = await fly.get(from.id);
      if (now.instance_id !== from.instance_id) {
        return isReadable(now) && isSent(now.config) ? now : undefined;
      }
      if (attempt >= attempts) throw error;
      await fly.clock.sleep(fly.clock.random() * 500 * 2 ** attempt, fly.signal);
    }
  }
};

import type { GroupSettings } from "../../model/machine-settings";
import type { ProviderError } from "../errors";
import { isReadable, type ApiMachine, type Json, type ReadableMachine } from "./api-machine";
import type { FlyClient } from "./client";
import { failure, statusOf } from "./failures";
import { viewOf, withSettings } from "./group-settings";
import { withLease, type Lease } from "./lease";
import { isGone, isResting } from "./machines";
import { isSame } from "./plain";
import { prove, settled } from "./proof";
import { restore } from "./restore";
import { submit, type Submission } from "./submit";

export interface UpdateRequest {
  readonly group: string;
  readonly settings: GroupSettings;
  /** How long the machine may take to serve again. */
  readonly waitMs: number;
}

/** How often an update is made anew because something else has changed the machine meanwhile. */
const rounds = 3;

/**
 * Brings one machine in line, under its lease: the whole config goes back with only the settings changed, and the
 * machine must then serve. One that does not gets its former config again. A resting machine is not started.
 * @throws ProviderError that names machine and check, after the former config is back
 */
export const bringInLine = async (fly: FlyClient, machine: string, request: UpdateRequest): Promise<void> => {
  const attempted = `updating the machine ${machine} of ${fly.app} (${request.group})`;
  try {
    await withLease(fly, machine, async (lease) => {
      for (let round = 1; round <= rounds; round++) {
        const before = await settled(fly, lease, machine, request.waitMs);
        if (!isReadable(before) || isGone(before)) return;
        const config = withSettings(before.config, request.settings);
        if (config === before.config) return;
        const after = await submit(fly, lease, submission(before, config, isResting(before)));
        if (after === undefined) continue;
        await keepCordon(fly, lease, before, after);
        if (isResting(before)) return;
        await proveOrRestore(fly, lease, before, after, { ...request, attempted });
        return;
      }
      throw failure(
        attempted,
        "something else keeps changing it",
        "Let the other deploy or operation end, then run again.",
      );
    });
  } catch (error) {
    if (statusOf(error) === 404) return; // destroyed meanwhile
    throw fly.explained(error, attempted);
  }
};

const submission = (from: ApiMachine, config: Json, skipLaunch: boolean): Submission => ({
  from,
  config,
  skipLaunch,
  isSent: (found) => isSame(viewOf(found), viewOf(config)),
});

// An update must not bring a machine back that somebody has taken out of routing.
const keepCordon = async (
  fly: FlyClient,
  lease: Lease,
  before: ApiMachine,
  after: ApiMachine,
): Promise<void> => {
  if (before.cordoned === true && after.cordoned === false) await fly.cordon(after.id, lease.nonce());
};

const proveOrRestore = async (
  fly: FlyClient,
  lease: Lease,
  before: ReadableMachine,
  after: ApiMachine,
  { group, waitMs, attempted }: UpdateRequest & { readonly attempted: string },
): Promise<void> => {
  const { trouble, isAnothers } = await prove(fly, lease, after, waitMs);
  if (trouble === undefined) return;
  const failed = (fate: string): ProviderError =>
    failure(
      attempted,
      `with the new settings it ${trouble}. ${fate}`,
      `Mend the settings of the process group ${group}, or what they ask of the app (\`fly logs -a ${fly.app} --machine ${after.id}\`), and run again`,
    );
  if (isAnothers) throw failed("It is left as that left it");
  const back = submission(after, before.config, false);
  const fate = await restore(fly, lease, { before, what: "settings", submission: back, waitMs });
  throw failed(`${fate}; no other machine was touched after it`);
};

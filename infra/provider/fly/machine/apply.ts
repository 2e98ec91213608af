import type { MachineInputs } from "../../../model/fly-resources";
import { milliseconds } from "../../../model/units";
import type { ProviderError } from "../../errors";
import { isReadable, type ApiMachine, type Json, type ReadableMachine } from "../api-machine";
import type { FlyClient } from "../client";
import { failure, statusOf } from "../failures";
import { withLease, type Lease } from "../lease";
import { eventsOf, isGone, isResting, troubleOf, wasAskedToStop } from "../machines";
import { isSame } from "../plain";
import { prove, settled } from "../proof";
import { restore } from "../restore";
import { submit, type Submission } from "../submit";
import { configWith } from "./config";
import { shown, union } from "./view";

export interface ApplyRequest {
  readonly machine: string;
  /** What the machine was last known to have been told. */
  readonly former: MachineInputs;
  readonly declared: MachineInputs;
  readonly mark: string;
  readonly attempted: string;
}

/** How often an update is made anew because something else has changed the machine meanwhile. */
const rounds = 3;

/** Whether the proxy may stop a machine so declared when it is idle. */
export const isAutoStopped = ({ services }: Pick<MachineInputs, "services">): boolean =>
  (services ?? []).some(({ autostop }) => autostop === "stop" || autostop === "suspend");

const restsAsDeclared = (machine: ApiMachine, declared: MachineInputs): boolean =>
  isResting(machine) && isAutoStopped(declared) && wasAskedToStop(machine);

/**
 * Brings a machine in line under its lease, started and with its checks passing. A config under which it does not come
 * up is taken back before this fails.
 * @returns the machine as it is then
 */
export const bringInLine = (fly: FlyClient, request: ApplyRequest): Promise<ApiMachine> => {
  const { machine, former, declared, mark, attempted } = request;
  const waitMs = milliseconds(declared.waitTimeout);
  const all = union(former, declared);
  return withLease(fly, machine, async (lease) => {
    for (let round = 1; round <= rounds; round++) {
      const before = await settled(fly, lease, machine, waitMs);
      if (isGone(before)) throw gone(attempted, machine);
      if (!isReadable(before)) throw unreachable(attempted, before);
      if (isSame(shown(before, all), declared)) return await serving(fly, lease, before, request);
      const isAtRest = restsAsDeclared(before, declared);
      const config = configWith(before.config, former, declared, mark);
      const after = await submit(fly, lease, submission(before, config, isAtRest, all));
      if (after === undefined) continue;
      if (before.cordoned === true && after.cordoned === false) await fly.cordon(machine, lease.nonce());
      return isAtRest ? after : await proven(fly, lease, before, after, request);
    }
    throw failure(
      attempted,
      "something else keeps changing it",
      "Let the other deploy or operation end, then run again.",
    );
  });
};

const submission = (from: ApiMachine, config: Json, skipLaunch: boolean, all: MachineInputs): Submission => ({
  from,
  config,
  skipLaunch,
  isSent: (found) => isSame(shown({ ...from, config: found }, all), shown({ ...from, config }, all)),
});

export const gone = (attempted: string, machine: string): ProviderError =>
  failure(
    attempted,
    `the machine ${machine} is gone`,
    "Run `pulumi refresh` to forget it; the next `pulumi up` makes it anew.",
  );

const unreachable = (attempted: string, machine: ApiMachine): ProviderError =>
  failure(
    attempted,
    `the host of the machine ${machine.id} is ${machine.host_status ?? "not reachable"}`,
    "It is left as it is: run again when the host is back (`fly incidents hosts list`).",
  );

/** Why a machine does not come up, with its latest events, so that nobody has to look them up. */
const cause = (machine: ApiMachine, trouble: string): string => {
  const events = eventsOf(machine);
  return events === "" ? trouble : `${trouble}; its latest events: ${events}`;
};

const mend = (fly: FlyClient, machine: string): string =>
  `See \`fly logs -a ${fly.app} --machine ${machine}\`, mend the declaration or the program, and run again`;

/** Starts a machine that has its config already, where it was stopped, and waits until it serves. */
const serving = async (
  fly: FlyClient,
  lease: Lease,
  machine: ReadableMachine,
  { declared, attempted }: ApplyRequest,
): Promise<ApiMachine> => {
  if (restsAsDeclared(machine, declared)) return machine;
  if (isResting(machine)) await start(fly, lease, machine.id);
  else if (troubleOf(machine) === undefined) return machine;
  const proof = await prove(fly, lease, machine, milliseconds(declared.waitTimeout));
  if (proof.trouble === undefined) return proof.machine;
  throw failure(attempted, `it ${cause(proof.machine, proof.trouble)}`, mend(fly, machine.id));
};

const startAttempts = 5;

const start = async (fly: FlyClient, lease: Lease, machine: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await fly.start(machine, lease.nonce());
      return;
    } catch (error) {
      if (![409, 412].includes(statusOf(error) ?? 0) || attempt >= startAttempts) throw error;
      // The lease was lost, or an earlier call has been heard after all.
      if (!isResting(await fly.get(machine))) return;
      if (statusOf(error) === 409) await lease.renew();
    }
  }
};

/** Waits until the machine serves with its new config; one that does not gets its former config again. */
const proven = async (
  fly: FlyClient,
  lease: Lease,
  before: ReadableMachine,
  after: ApiMachine,
  { former, declared, attempted }: ApplyRequest,
): Promise<ApiMachine> => {
  const waitMs = milliseconds(declared.waitTimeout);
  const { machine, trouble, isAnothers } = await prove(fly, lease, after, waitMs);
  if (trouble === undefined) return machine;
  const failed = (fate: string): ProviderError =>
    failure(attempted, `with the new config it ${cause(machine, trouble)}. ${fate}`, mend(fly, after.id));
  if (isAnothers) throw failed("It is left as that left it");
  const back = submission(after, before.config, false, union(former, declared));
  throw failed(await restore(fly, lease, { before, what: "config", submission: back, waitMs }));
};

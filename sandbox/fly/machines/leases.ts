import { nonce as newNonce } from "../model/ids";
import type { Lease, Machine } from "../model/machine";
import { Refusal } from "./refusal";

/** Seconds that a lease lasts where none are named. */
const defaultTtl = 30;

/** The lease in force; an expired one is none. */
export const leaseOf = (machine: Machine, now: number = Date.now()): Lease | undefined => {
  if (machine.lease !== undefined && machine.lease.expiresAt <= now) machine.lease = undefined;
  return machine.lease;
};

const held = (machine: Machine, { owner, expiresAt }: Lease): Refusal =>
  new Refusal(
    409,
    `aborted: machine ID ${machine.id} lease currently held by ${owner}, expires at ${new Date(expiresAt).toISOString().slice(0, 19)}Z`,
  );

/**
 * Refuses whoever may not change the machine now: while it is leased all but the holder, and the holder of a lease
 * that has expired, so that nobody goes on in the belief of holding one.
 */
export const guardLease = (machine: Machine, nonce: string | undefined): void => {
  const lease = leaseOf(machine);
  if (lease !== undefined && lease.nonce !== nonce) throw held(machine, lease);
  if (lease === undefined && nonce !== undefined)
    throw new Refusal(409, `aborted: machine ID ${machine.id} has no lease with this nonce`);
};

/** Takes a lease, or prolongs the caller's own. */
export const takeLease = (
  machine: Machine,
  wish: {
    readonly owner: string;
    readonly nonce?: string | undefined;
    readonly ttl?: number | undefined;
    readonly description?: string | undefined;
  },
): Lease => {
  const expiresAt = Date.now() + (wish.ttl ?? defaultTtl) * 1_000;
  const lease = leaseOf(machine);
  if (lease === undefined || lease.nonce !== wish.nonce) {
    guardLease(machine, wish.nonce);
    machine.lease = { nonce: newNonce(), owner: wish.owner, description: wish.description ?? "", expiresAt };
    return machine.lease;
  }
  lease.expiresAt = expiresAt;
  return lease;
};

/** Gives a lease back. */
export const releaseLease = (machine: Machine, nonce: string | undefined): void => {
  const lease = leaseOf(machine);
  if (lease === undefined) throw new Refusal(404, "lease not found");
  if (lease.nonce !== nonce) throw held(machine, lease);
  machine.lease = undefined;
};

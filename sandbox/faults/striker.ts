import type { Context } from "hono";
import { z } from "zod";
import { which, type Bindings, type CallFault, type Which } from "./call-fault";
import { fault, type Fault } from "./fault";
import type { FaultBoard } from "./fault-board";
import { seededRandom } from "./random";

/** A call as faults look at it. */
export interface Call {
  /** Such as "machines.update". */
  readonly action: string;
  readonly method: string;
  readonly path: string;
}

/** The fault that strikes a call. */
export interface Strike {
  readonly name: string;
  readonly answer: (c: Context<Bindings>, act: () => Promise<Response>) => Promise<Response> | Response;
}

/** Strikes calls with any fault. */
export type Chaos = Fault<z.ZodType<Which & { readonly kinds?: readonly string[] | undefined }>>;

/** Any of the faults, drawn anew at each call; the same seed gives the same run. */
export const chaosOf = (callFaults: readonly CallFault[]): Chaos =>
  fault({
    name: "chaos",
    summary: "any fault, at random",
    parameters: z.strictObject({
      ...which,
      kinds: z
        .array(z.enum(callFaults.map(({ name }) => name)))
        .min(1)
        .optional(),
    }),
    example: { probability: 0.2 },
  });

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  ).test(text);

const concerns = (wanted: Which, call: Call): boolean =>
  (wanted.action === undefined || matches(wanted.action, call.action)) &&
  (wanted.method === undefined || wanted.method.toUpperCase() === call.method) &&
  (wanted.path === undefined || matches(wanted.path, call.path));

/** Decides which fault strikes a call: at most one, so that each counts the calls that it really broke. */
export const striker = (
  faults: FaultBoard,
  callFaults: readonly CallFault[],
  chaos: Chaos,
): ((call: Call) => Strike | undefined) => {
  // Draws and counts go on from call to call for as long as a fault stays switched on.
  interface Course {
    readonly since: number;
    readonly random: () => number;
    seen: number;
  }
  const courses = new Map<string, Course>();
  const courseOf = (name: string, since: number, seed: number): Course => {
    const current = courses.get(name);
    if (current?.since === since) return current;
    const course = { since, random: seededRandom(seed), seen: 0 };
    courses.set(name, course);
    return course;
  };

  const drawn = (candidate: Fault<z.ZodType<Which>>, call: Call): (() => number) | undefined => {
    const active = faults.read(candidate);
    if (active === undefined || !concerns(active.parameters, call)) return undefined;
    const { probability, seed, nth } = active.parameters;
    const course = courseOf(candidate.name, active.since, seed);
    course.seen += 1;
    if (course.seen < nth) return undefined;
    return probability === 1 || course.random() < probability ? course.random : undefined;
  };
  const strike = (struck: CallFault): Strike => {
    const parameters = faults.read(struck)?.parameters ?? struck.parameters.parse({});
    return { name: struck.name, answer: (c, act) => struck.answer(c, act, parameters) };
  };

  return (call) => {
    const struck = callFaults.find((candidate) => drawn(candidate, call) !== undefined);
    if (struck !== undefined) {
      const found = strike(struck);
      faults.spend(struck);
      return found;
    }
    const random = drawn(chaos, call);
    if (random === undefined) return undefined;
    const kinds = faults.read(chaos)?.parameters.kinds;
    const pool = callFaults.filter(({ name }) => kinds?.includes(name) ?? true);
    faults.spend(chaos);
    const any = pool[Math.floor(random() * pool.length)];
    return any && strike(any);
  };
};

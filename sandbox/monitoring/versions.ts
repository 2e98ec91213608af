/** For how long what was before is kept, milliseconds. */
const kept = 5 * 60_000;

interface Version<Value> {
  readonly at: number;
  /** Nothing where it was not there. */
  readonly value: Value | undefined;
}

/**
 * Records by id with what they were before, so that a read may see an older moment. `lag` is how old that moment is,
 * milliseconds; now where not given.
 */
export interface Versions<Value, Id = number> {
  get(id: Id, lag?: number): Value | undefined;
  /** In order of their ids' first appearance. */
  list(lag?: number): readonly Value[];
  set(id: Id, value: Value): void;
  /** Puts there what has always been there, whatever the lag. */
  seed(id: Id, value: Value): void;
  /** False where there was none. */
  remove(id: Id): boolean;
}

export const versions = <Value, Id = number>(now: () => number = Date.now): Versions<Value, Id> => {
  const courses = new Map<Id, Version<Value>[]>();
  const at = (course: readonly Version<Value>[] | undefined, lag: number): Value | undefined =>
    (lag === 0 ? course?.at(-1) : course?.findLast((version) => version.at <= now() - lag))?.value;

  const add = (id: Id, value: Value | undefined): void => {
    const time = now();
    const course = courses.get(id) ?? [];
    course.push({ at: time, value });
    // The last of those that are too old is still what was in force since.
    const firstKept = Math.max(
      0,
      course.findLastIndex((version) => version.at <= time - kept),
    );
    courses.set(id, course.slice(firstKept));
  };
  const forget = (): void => {
    for (const [id, course] of courses) {
      const last = course.at(-1);
      if (last !== undefined && last.value === undefined && last.at <= now() - kept) courses.delete(id);
    }
  };

  return {
    get: (id, lag = 0) => at(courses.get(id), lag),
    list: (lag = 0) =>
      [...courses.values()].flatMap((course) => {
        const value = at(course, lag);
        return value === undefined ? [] : [value];
      }),
    set: add,
    seed: (id, value) => {
      courses.set(id, [{ at: -Infinity, value }]);
    },
    remove: (id) => {
      if (at(courses.get(id), 0) === undefined) return false;
      forget();
      add(id, undefined);
      return true;
    },
  };
};

import type { Alerting } from "../../model/alerting";
import type { Settings } from "../../model/settings";
import type { Duration } from "../../model/units";
import { milliseconds } from "../../model/units";

/** A step of the escalation: who is told when, since an alert came in. */
export interface Step {
  readonly after: Duration;
  readonly action: string;
  /** Keys of recipients who have not been told at an earlier step. */
  readonly people: readonly string[];
}

/**
 * The two tables of the runbook read together: whom the route of critical alerts names and the ladder does not is told
 * at once, and nobody twice. `all-at-once` brings everybody to T+0; a procedure is no person and keeps its time.
 */
export const ladderOf = (
  { ladder, routes }: Pick<Alerting, "ladder" | "routes">,
  { escalation }: Pick<Settings, "escalation">,
): Step[] => {
  const climbing = new Set(ladder.flatMap(({ notify }) => notify));
  const [first, ...later] = ladder;
  if (first === undefined) return [];
  const everybody = [...new Set([...routes.critical.email, ...climbing])];
  if (escalation === "all-at-once") {
    return [
      { after: first.after, action: first.action, people: everybody },
      ...later
        .filter(({ notify }) => notify.length === 0)
        .map(({ after, action }) => ({ after, action, people: [] })),
    ];
  }
  const told = new Set<string>();
  return ladder.map(({ after, action, notify }, index) => {
    const beside = index === 0 ? everybody.filter((name) => !climbing.has(name)) : [];
    const people = [...new Set([...notify, ...beside])].filter((name) => !told.has(name));
    for (const name of people) told.add(name);
    return { after, action, people };
  });
};

/** Whether a step is one at which nobody waits: the beginning. */
export const isFirst = ({ after }: Step): boolean => milliseconds(after) === 0;

/** A step that is a procedure, not a person. */
export const isProcedure = ({ people }: Step): boolean => people.length === 0;

import type { Properties } from "../properties";
import type { RestApi } from "./api";
import type { RestDescription } from "./description";
import { changedNames } from "./fields";
import type { RestObject } from "./service";
import { stateOf, withoutParts } from "./state";

// Services whose reads may be late: what was written is looked at until several looks in a row show it.

/** What a look shows of one object: it, or `undefined` where it is not there. */
type Judgement<Verdict> = (found: RestObject | undefined) => Verdict | undefined;

/**
 * Looks until several looks in a row come to the same verdict, in the time that the service takes at most.
 * @param judge undefined for what is not yet to be believed
 * @returns undefined where time was up before
 */
const agreed = async <Verdict>(
  api: RestApi,
  path: string,
  id: string,
  judge: Judgement<Verdict>,
): Promise<{ readonly verdict: Verdict; readonly found: RestObject | undefined } | undefined> => {
  const { settledLooks = 0, settlesWithin } = api.service;
  const { clock, signal } = api.client;
  const deadline = clock.now() + settlesWithin;
  let former: Verdict | undefined;
  for (let equal = 0; clock.now() < deadline;) {
    const found = await looked(api, path, id);
    const verdict = found === "failed" ? undefined : judge(found);
    equal = verdict !== undefined && verdict === former ? equal + 1 : 1;
    former = verdict;
    if (verdict !== undefined && found !== "failed" && equal >= settledLooks) return { verdict, found };
  }
  signal.throwIfAborted();
  return undefined;
};

/** A look that fails shows nothing, and what was written is there all the same. */
const looked = async (api: RestApi, path: string, id: string): Promise<RestObject | undefined | "failed"> => {
  try {
    return (await api.memory.collection(path).look(api.client)).get(id);
  } catch (error) {
    if (api.client.signal.aborted) throw error;
    await api.client.clock.sleep(1_000, api.client.signal);
    return "failed";
  }
};

const isLate = (api: RestApi): boolean => (api.service.settledLooks ?? 0) > 0;

/**
 * Waits until the service shows for sure what was written. What it shows when the time is up is taken for what is
 * there; the next preview tells the difference.
 */
export const settledAs = (
  description: RestDescription,
  api: RestApi,
  object: RestObject,
  declared: Properties,
): Promise<RestObject> => {
  const inBody = withoutParts(description, declared);
  return settledWhen(api, description.path(declared), object, (found) => {
    const state = stateOf(description, found, inBody, {});
    return changedNames(description.fields, state, inBody).length === 0;
  });
};

export const settledWhen = async (
  api: RestApi,
  path: string,
  object: RestObject,
  isAsWritten: (found: RestObject) => boolean,
): Promise<RestObject> => {
  if (!isLate(api)) return object;
  let latest = object;
  await agreed(api, path, object.id, (found) => {
    if (found === undefined) return undefined;
    latest = found;
    return isAsWritten(found) ? true : undefined;
  });
  api.memory.collection(path).note(api.client, latest);
  return latest;
};

/** Waits until a deleted one is not shown any more, so that no later run takes it for one that is there. */
export const settledGone = async (api: RestApi, path: string, id: string): Promise<void> => {
  if (isLate(api)) await agreed(api, path, id, (found) => (found === undefined ? true : undefined));
};

/** Those of the objects that are really there: a list may still show what was deleted a moment ago. */
export const reallyThere = async (
  api: RestApi,
  path: string,
  objects: readonly RestObject[],
): Promise<readonly RestObject[]> => {
  if (!isLate(api)) return objects;
  const seen = await Promise.all(
    objects.map(async (object) => {
      const sure = await agreed(api, path, object.id, (found) => found !== undefined);
      return sure === undefined || sure.verdict ? (sure?.found ?? object) : undefined;
    }),
  );
  return seen.filter((object) => object !== undefined);
};

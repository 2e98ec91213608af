import { z } from "zod";
import type { HttpClient } from "../http/client";
import type { RestObject, RestService } from "./service";

/**
 * All objects of one path, listed once for all resources of a run: the read of 500 monitors, or the look whether 500
 * are there already, walks the list's few pages instead of making 500 requests.
 */
export interface Collection {
  /** @param since the list must not be older than this, in ms since 1970 */
  readonly all: (client: HttpClient, since?: number) => Promise<readonly RestObject[]>;
  /**
   * The list as the service tells it after this call. All that look at the same time share one walk, and walks keep a
   * little apart: 16 monitors that wait to be shown cost as many calls as one.
   */
  readonly look: (client: HttpClient) => Promise<ReadonlyMap<string, RestObject>>;
  /**
   * Everything that one of several looks in a row shows, once a run: what a killed run made a moment ago is missing in
   * some of a service whose reads may be late.
   */
  readonly thorough: (client: HttpClient) => Promise<readonly RestObject[]>;
  readonly byId: (client: HttpClient, id: string) => Promise<RestObject | undefined>;
  /** What this process has written; until the service shows it for sure, it stands over what is listed. */
  readonly note: (client: HttpClient, object: RestObject) => void;
  readonly forget: (client: HttpClient, id: string) => void;
}

interface Walk {
  readonly at: number;
  readonly objects: Promise<ReadonlyMap<string, RestObject>>;
}

interface Write {
  readonly at: number;
  /** undefined for a deleted one */
  readonly object: RestObject | undefined;
}

const listAgeMs = 30_000;
const lookPauseMs = 1_000;
// A guard against a service that names a next page forever: 2,000 pages of 250 hold half a million objects.
const mostPages = 2_000;

export const createCollection = (service: RestService, path: string): Collection => {
  let latest: Walk | undefined;
  const writes = new Map<string, Write>();

  const walk = (client: HttpClient): Walk => {
    const started: Walk = { at: client.clock.now(), objects: listed(service, client, path) };
    latest = started;
    started.objects.catch(() => {
      if (latest === started) latest = undefined;
    });
    return started;
  };

  const current = async (
    client: HttpClient,
    since: number,
  ): Promise<{ at: number; objects: ReadonlyMap<string, RestObject> }> => {
    const oldest = Math.max(since, client.clock.now() - listAgeMs);
    const shared = latest !== undefined && latest.at >= oldest ? latest : undefined;
    if (shared !== undefined) {
      try {
        return { at: shared.at, objects: await shared.objects };
      } catch (error) {
        // It may have ended with the run of the resource that began it.
        client.signal.throwIfAborted();
        if (latest !== undefined) throw error;
      }
    }
    const own = latest !== undefined && latest.at >= oldest ? latest : walk(client);
    return { at: own.at, objects: await own.objects };
  };

  let coming: Promise<ReadonlyMap<string, RestObject>> | undefined;
  let before: { readonly at: number; readonly ended: Promise<unknown> } | undefined;
  const nextWalk = async (client: HttpClient): Promise<ReadonlyMap<string, RestObject>> => {
    try {
      await before?.ended.catch(() => undefined);
      const pause = before === undefined ? 0 : before.at + lookPauseMs - client.clock.now();
      await client.clock.sleep(Math.max(0, pause), client.signal);
    } finally {
      coming = undefined;
    }
    const { at, objects } = walk(client);
    before = { at, ended: objects };
    return objects;
  };
  const look: Collection["look"] = async (client) => {
    for (;;) {
      const shared = coming;
      try {
        return await (shared ?? (coming = nextWalk(client)));
      } catch (error) {
        client.signal.throwIfAborted();
        // One that another began may have ended with the run of that other.
        if (shared === undefined) throw error;
      }
    }
  };

  let thorough: Promise<Map<string, RestObject>> | undefined;
  const lookThoroughly = async (client: HttpClient): Promise<Map<string, RestObject>> => {
    const seen = new Map<string, RestObject>();
    for (let looks = service.settledLooks ?? 0; looks > 0; looks--)
      for (const [id, object] of await look(client)) seen.set(id, object);
    return seen;
  };

  /** Whether what was listed at that time may not show the write yet. */
  const stands = (write: Write, at: number): boolean => at < write.at + service.settlesWithin;
  /** @param at when the objects were listed */
  const written = (at: number, all: Map<string, RestObject>): Map<string, RestObject> => {
    for (const [id, write] of writes) {
      if (!stands(write, at)) continue;
      if (write.object === undefined) all.delete(id);
      else all.set(id, write.object);
    }
    return all;
  };

  return {
    look,
    thorough: async (client) => {
      for (;;) {
        const shared = thorough;
        const own = (thorough ??= lookThoroughly(client));
        try {
          return [...written(0, new Map(await own)).values()];
        } catch (error) {
          if (thorough === own) thorough = undefined;
          client.signal.throwIfAborted();
          if (shared === undefined) throw error;
        }
      }
    },
    all: async (client, since = 0) => {
      const { at, objects } = await current(client, since);
      return [...written(at, new Map(objects)).values()];
    },
    byId: async (client, id) => {
      const { at, objects } = await current(client, 0);
      const write = writes.get(id);
      return write !== undefined && stands(write, at) ? write.object : objects.get(id);
    },
    note: (client, object) => writes.set(object.id, { at: client.clock.now(), object }),
    forget: (client, id) => writes.set(id, { at: client.clock.now(), object: undefined }),
  };
};

const listed = async (
  service: RestService,
  client: HttpClient,
  path: string,
): Promise<ReadonlyMap<string, RestObject>> => {
  const objects = new Map<string, RestObject>();
  let next: string | undefined = service.firstPage(path);
  for (let page = 0; next !== undefined && page < mostPages; page++) {
    const at: string = next;
    const answer = z.unknown().transform((value, context) => {
      const read = service.pageOf(value, at);
      if (read === undefined) context.addIssue("not a list");
      return read ?? { objects: [] };
    });
    const read: { objects: readonly RestObject[]; next?: string | undefined } = await client.call({
      method: "GET",
      path: at,
      answer,
    });
    for (const object of read.objects) objects.set(object.id, object);
    next = read.next;
  }
  return objects;
};

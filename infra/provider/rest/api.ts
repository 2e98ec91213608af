import { z } from "zod";
import type { Configuration } from "../configuration";
import { statusOf } from "../http/answer";
import { connect, type HttpClient, type HttpWorld } from "../http/client";
import type { PropertyNames } from "../http/failures";
import { createKeyedLock, type KeyedLock } from "../keyed-lock";
import type { ResourceContext } from "../resource";
import { createCollection, type Collection } from "./collection";
import type { JsonObject } from "./json";
import type { RestObject, RestService } from "./service";

/** A service's objects, for one operation of one resource. Failures are thrown as they came. */
export interface RestApi {
  readonly service: RestService;
  readonly client: HttpClient;
  readonly configuration: Configuration;
  readonly memory: Memory;
  /** All objects of a path that are of the configured account or team. */
  readonly all: (path: string, since?: number) => Promise<readonly RestObject[]>;
  /** @returns undefined when there is none of that id; the shared list is looked at first */
  readonly find: (path: string, id: string) => Promise<RestObject | undefined>;
  /** Asks for the one object. @returns undefined when there is none of that id */
  readonly get: (path: string, id: string) => Promise<RestObject | undefined>;
  /** Sent once; whether it took effect after a lost answer must be looked up. */
  readonly post: (path: string, body: JsonObject) => Promise<RestObject>;
  readonly patch: (path: string, id: string, body: JsonObject) => Promise<RestObject>;
  /** Succeeds when it is gone already. */
  readonly remove: (path: string, id: string) => Promise<void>;
  /** Runs `act` and puts what it throws into words. */
  readonly told: <Result>(
    attempted: string,
    act: () => Promise<Result>,
    names?: PropertyNames,
  ) => Promise<Result>;
}

/** What all resources of one service and token know of each other, as long as the process lives. */
export interface Memory {
  readonly lock: KeyedLock;
  readonly collection: (path: string) => Collection;
  /** Which resource has made or adopted what lies at an address, in this run. */
  readonly owners: Map<string, { readonly urn: string; readonly isAdopted: boolean }>;
}

const memories = new WeakMap<object, Memory>();

const memoryOf = (service: RestService, client: HttpClient): Memory => {
  const known = memories.get(client.identity);
  if (known !== undefined) return known;
  const collections = new Map<string, Collection>();
  const memory: Memory = {
    lock: createKeyedLock(),
    owners: new Map(),
    collection: (path) => {
      const collection = collections.get(path) ?? createCollection(service, path);
      collections.set(path, collection);
      return collection;
    },
  };
  memories.set(client.identity, memory);
  return memory;
};

export const addressOf = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;

/** @throws ProviderError when no token is configured */
export const openApi = (
  world: HttpWorld,
  service: RestService,
  context: ResourceContext,
  attempted: string,
): RestApi => {
  const client = connect(world, service, context, attempted);
  const memory = memoryOf(service, client);
  const { configuration } = context;
  const object = z.unknown().transform((value, refinement) => {
    const read = service.objectOf(value);
    if (read === undefined) refinement.addIssue("not an object of the service");
    return read ?? { id: "", attributes: {} };
  });

  const get: RestApi["get"] = async (path, id) => {
    try {
      return await client.call({ method: "GET", path: addressOf(path, id), answer: object });
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  };

  return {
    service,
    client,
    configuration,
    memory,
    get,
    all: async (path, since) => {
      const objects = await memory.collection(path).all(client, since);
      return objects.filter((candidate) => service.isOwn?.(candidate, configuration) ?? true);
    },
    // What a list does not show may be on a page that was cut otherwise meanwhile: only a 404 says that it is gone.
    find: async (path, id) => (await memory.collection(path).byId(client, id)) ?? get(path, id),
    post: async (path, body) => {
      const made = await client.call({ method: "POST", path, body, answer: object });
      client.justMade(addressOf(path, made.id));
      memory.collection(path).note(client, made);
      return made;
    },
    patch: async (path, id, body) => {
      const changed = await client.call({
        method: "PATCH",
        path: addressOf(path, id),
        body,
        answer: object,
      });
      memory.collection(path).note(client, changed);
      return changed;
    },
    remove: async (path, id) => {
      try {
        await client.call({ method: "DELETE", path: addressOf(path, id), answer: z.unknown() });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
      memory.collection(path).forget(client, id);
    },
    told: async (attempted, act, names) => {
      try {
        return await act();
      } catch (error) {
        if (context.signal.aborted && error === context.signal.reason) throw error;
        throw client.explained(error, attempted, names);
      }
    },
  };
};

const isGone = (error: unknown): boolean => [404, 410].includes(statusOf(error) ?? 0);

import type { Configuration } from "../configuration";
import type { HttpService } from "../http/service";
import type { JsonObject } from "./json";

/** One object of a service. */
export interface RestObject {
  readonly id: string;
  readonly attributes: JsonObject;
}

/** One page of a list. */
export interface Page {
  readonly objects: readonly RestObject[];
  /** Path of the next page, from the API's base; undefined at the end. */
  readonly next?: string | undefined;
}

/** How a service makes lists and objects of its answers; what is said of one holds for all its kinds. */
export interface RestService extends HttpService {
  /** Path of the first page of a collection, with as many objects a page as the service gives. */
  readonly firstPage: (collection: string) => string;
  /** @returns undefined for what is no list of this service */
  readonly pageOf: (answer: unknown, path: string) => Page | undefined;
  /** @returns undefined for what is no object of this service */
  readonly objectOf: (answer: unknown) => RestObject | undefined;
  /** What every create says beside the declaration: the team, say. */
  readonly createsWith?: (configuration: Configuration) => JsonObject;
  /** Whether an object that the token sees is of the configured account or team. */
  readonly isOwn?: (object: RestObject, configuration: Configuration) => boolean;
  /** Whether the service may have made an object although it answered with this error; a lost answer where not told. */
  readonly mayBeMade?: (error: unknown) => boolean;
  /** How many looks in a row must show a change before it is taken for done; none where the write's answer is enough. */
  readonly settledLooks?: number;
  /** What an id looks like, as opposed to a name; digits where not told. */
  readonly id?: RegExp;
}

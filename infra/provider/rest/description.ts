import type { z } from "zod";
import type { Failure } from "../check";
import type { Configuration } from "../configuration";
import type { Properties, Value } from "../properties";
import type { ResourceKind } from "../resource";
import type { RestApi } from "./api";
import type { Fields } from "./fields";
import type { JsonObject } from "./json";
import type { RestObject } from "./service";

/** An input that has an address of its own beside the object's: a calendar's rotation, the pausing of a monitor. */
export interface Part {
  /** In the declaration's words; undefined where there is none. */
  readonly read: (api: RestApi, object: RestObject) => Promise<Value>;
  /** Sets it, in a call that may be repeated. @returns what is there now, in the declaration's words */
  readonly write: (api: RestApi, object: RestObject, inputs: Properties) => Promise<Value>;
}

/** A computed property and where the object tells it. */
export interface Computed {
  readonly schema: z.ZodType;
  readonly read: (object: RestObject) => Value;
  readonly isSecret?: boolean;
}

/** Everything that sets one kind of resource of a service apart from the others. */
export interface RestDescription {
  readonly type: ResourceKind["type"];
  readonly description: string;
  /** In messages: "monitor". */
  readonly noun: string;
  readonly fields: Fields;
  /** Rules between fields, for inputs that are each right by themselves. */
  readonly rules?: (inputs: Properties, refuse: (property: string, reason: string) => void) => void;
  readonly computed?: { readonly [name: string]: Computed };
  /** Path of all objects of the kind, from the API's base. */
  readonly path: (inputs: Properties) => string;
  /** The input that the path goes by: the id of the status page of a section. */
  readonly parent?: string;
  /** The inputs that name an object among all of the path; the first is how messages and imports call it. */
  readonly key: readonly [string, ...string[]];
  /**
   * What tells that an object which is there already is this one, left behind by a run that was cut off, or made by
   * hand as declared: its key alone, where nobody has the same key by chance; or all that is declared, where it is
   * just a name.
   */
  readonly isOursBy: "key" | "everything";
  /** Inputs that cannot change in place. */
  readonly replaceOn?: readonly string[];
  /** What speaks against a change of the declaration. */
  readonly refuseChange?: (former: Properties, inputs: Properties) => readonly Failure[];
  /** Paths of inputs that are secret whatever the program says. */
  readonly secretInputs?: (inputs: Properties) => readonly string[];
  readonly parts?: { readonly [name: string]: Part };
  /** What creates and updates say beside the declaration. */
  readonly alwaysSent?: JsonObject;
  /** Properties that an update says although they have not changed; only what changed where not told. */
  readonly updatesWith?: "all" | readonly string[];
  /** Puts a body into the form that the service takes. */
  readonly pack?: (body: JsonObject, declared: Properties) => JsonObject;
  /** What speaks against a declaration with this configuration: what the account's plan does not include, say. */
  readonly refuse?: (inputs: Properties, configuration: Configuration) => readonly Failure[];
  /** Whether creates go one after the other, because the service takes two at once for one, or refuses both. */
  readonly isCreatedAlone?: boolean;
  /** Properties of which the service allows each combination once: a 409 is about the one that has it. */
  readonly unique?: readonly string[];
}

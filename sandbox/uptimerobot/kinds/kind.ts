import type { Sent } from "../../monitoring/api";
import type { Fields } from "../../monitoring/fields";
import type { Account, Entry, Kinds, KindName } from "../account";
import type { Runtime } from "../runtime";

/** Where a kind looks things up. */
export interface KindContext {
  readonly account: Account;
  readonly runtime: Runtime;
  /** The service's own address, without /v3. */
  readonly url: string;
}

/** A kind of thing that is made, read, changed and removed by the same rules. */
export interface Kind<Name extends KindName = KindName> {
  readonly name: Name;
  /** As errors name it: "Monitor not found". */
  readonly title: string;
  readonly fields: Fields<Kinds[Name]>;
  /** What was sent in the form that the fields have. */
  unpacked?(sent: Sent): Sent;
  /** What is wrong beyond single fields: what the 400 says. */
  check?(attributes: Kinds[Name], context: KindContext, before: Kinds[Name] | undefined): string | undefined;
  /** Last changes to what is kept. */
  settle?(attributes: Kinds[Name], context: KindContext, before: Kinds[Name] | undefined): Kinds[Name];
  shown(entry: Entry<Kinds[Name]>, context: KindContext, lag: number): object;
  /** Query parameters that narrow a list. */
  readonly filters?: Readonly<
    Record<string, (entry: Entry<Kinds[Name]>, wanted: string, context: KindContext) => boolean>
  >;
  /** Which verbs there are; all where not given. */
  readonly verbs?: readonly ("list" | "get" | "create" | "update" | "delete")[];
  /** What else goes with it. */
  removed?(id: number, context: KindContext, query: URLSearchParams): void;
}

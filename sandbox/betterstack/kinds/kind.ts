import type { Fields } from "../../monitoring/fields";
import type { Sent } from "../../monitoring/api";
import type { Account, Entry, Kinds, KindName } from "../account";
import type { Resource } from "../api/answers";
import type { Runtime } from "../runtime";

/** What is wrong, by field. */
export type Mistakes = Record<string, string[]>;

/** Where a kind looks things up. */
export interface KindContext {
  readonly account: Account;
  readonly runtime: Runtime;
  /** The service's own address. */
  readonly url: string;
}

/** A kind of thing that is made, read, changed and removed by the same rules. */
export interface Kind<Name extends KindName = KindName> {
  readonly name: Name;
  /** Path below the base, such as "/api/v2/monitors"; with ":parent" where it is part of something. */
  readonly path: string;
  readonly parent?: KindName;
  /** JSON:API's type. */
  readonly type: string;
  readonly fields: Fields<Kinds[Name]>;
  /** Finds what a single field cannot tell. */
  check?(attributes: Kinds[Name], context: KindContext, itself: number | undefined): Mistakes;
  /** Closed sets that depend on other fields. */
  allowed?(attributes: Kinds[Name]): Readonly<Record<string, readonly unknown[]>>;
  /** Last changes to what is kept, such as ids of parts. */
  settle?(
    attributes: Kinds[Name],
    context: KindContext,
    before: Kinds[Name] | undefined,
    sent: Sent,
  ): Kinds[Name];
  /** What is answered where it is not simply what is kept. */
  shown?(entry: Entry<Kinds[Name]>, context: KindContext): object;
  relationships?(entry: Entry<Kinds[Name]>, context: KindContext): object;
  /** What a single one is answered with beside it, as JSON:API's `included`. */
  included?(entry: Entry<Kinds[Name]>, context: KindContext): readonly Resource[];
  /** Query parameters that narrow a list. */
  readonly filters?: Readonly<Record<string, (entry: Entry<Kinds[Name]>, wanted: string) => boolean>>;
  /** Which verbs there are; all where not given. */
  readonly verbs?: readonly ("list" | "get" | "create" | "update" | "delete")[];
  /** Before one is removed: what else goes, or why it may not. */
  removed?(entry: Entry<Kinds[Name]>, context: KindContext): void;
}

/** Whether a reference leads somewhere; null leads nowhere and is fine. */
export const refersTo = ({ account }: KindContext, name: KindName, id: number | string | null): boolean =>
  id === null || account.in(name).get(Number(id)) !== undefined;

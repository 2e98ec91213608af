import { EventEmitter } from "node:events";

/** A mail as it arrived. */
export interface Mail {
  readonly kind: "mail";
  readonly id: number;
  /** When it came, milliseconds since the epoch. */
  readonly at: number;
  /** Sender and recipients of the envelope: who it really went to. */
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** The text part; of a mail that has none, what its HTML says. */
  readonly text: string;
  readonly html: string | undefined;
  /** Whether the sender gave name and password. */
  readonly authenticated: boolean;
}

/** A call of a webhook. */
export interface HookCall {
  readonly kind: "call";
  readonly id: number;
  /** When it came, milliseconds since the epoch. */
  readonly at: number;
  /** The first part of the path below /hooks/. */
  readonly hook: string;
  readonly method: string;
  /** The whole path with its query. It may hold a token. */
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: string;
  /** The answer's status; none for a call that was left to hang. */
  readonly status: number | undefined;
}

export type Entry = Mail | HookCall;

type Fresh<Kind> = Kind extends Entry ? Omit<Kind, "id" | "at"> : never;

/** What has arrived, oldest first. */
export interface Store {
  entries(): readonly Entry[];
  add(entry: Fresh<Entry>): void;
  /** Calls back at each arrival, until the answer is called. */
  watch(onArrival: (entry: Entry) => void): () => void;
}

/** So many of the latest are kept. */
const kept = 5_000;

export const createStore = (): Store => {
  const entries: Entry[] = [];
  const emitter = new EventEmitter().setMaxListeners(0);
  let last = 0;
  return {
    entries: () => entries,
    add: (fresh) => {
      const entry: Entry = { ...fresh, id: (last += 1), at: Date.now() };
      entries.push(entry);
      if (entries.length > kept) entries.shift();
      emitter.emit("arrival", entry);
    },
    watch: (onArrival) => {
      emitter.on("arrival", onArrival);
      return () => emitter.off("arrival", onArrival);
    },
  };
};

/** Whether a call was taken: what was refused or hung is for its sender to bring again. */
export const isTaken = ({ status }: HookCall): boolean => status !== undefined && status < 400;

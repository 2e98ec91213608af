import { randomInt } from "node:crypto";
import type { Block, Attachment } from "./message-parts";

/** A text that somebody set: a topic or a purpose. */
export interface Statement {
  readonly value: string;
  readonly creator: string;
  /** Seconds since the epoch; 0 when never set. */
  readonly last_set: number;
}

export interface Bookmark {
  readonly id: string;
  readonly channel_id: string;
  title: string;
  link: string;
  emoji: string;
  readonly type: "link";
  readonly date_created: number;
  /** 0 when never changed. */
  date_updated: number;
}

/** What an app keeps beside a message; nobody sees it in the window. */
export interface MessageMetadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

export interface Channel {
  readonly id: string;
  name: string;
  readonly created: number;
  readonly creator: string;
  readonly isPrivate: boolean;
  readonly isGeneral: boolean;
  isArchived: boolean;
  readonly previousNames: string[];
  topic: Statement;
  purpose: Statement;
  readonly members: Set<string>;
  readonly bookmarks: Bookmark[];
  readonly pins: Set<string>;
}

export interface Message {
  readonly channel: string;
  /** Slack's message id: seconds since the epoch with six unique decimals. */
  readonly ts: string;
  readonly user: string;
  /** How the message came in. */
  readonly via: "web-api" | "webhook";
  readonly username?: string;
  text: string;
  blocks: readonly Block[];
  attachments: readonly Attachment[];
  metadata?: MessageMetadata;
  readonly threadTs?: string;
  /** The ts of the latest edit. */
  editedTs?: string;
}

/** Something happened; `sequence` counts up from 1. */
export type WorkspaceEvent =
  | { readonly sequence: number; readonly kind: "channel"; readonly channel: Channel }
  | {
      readonly sequence: number;
      readonly kind: "message" | "message_changed" | "message_deleted";
      readonly message: Message;
    };
type Happening = WorkspaceEvent extends infer Each
  ? Each extends unknown
    ? Omit<Each, "sequence">
    : never
  : never;

/** People and the bot. The bot is whom the token speaks for. */
export const users = {
  bot: { id: "U0FLYMONBOT", name: "flymon", botId: "B0FLYMONBOT", appId: "A0FLYMONAPP" },
  admin: { id: "U0ADMIN0001", name: "admin" },
  oncall: { id: "U0ONCALL001", name: "oncall" },
  ada: { id: "U0ADAPERSON", name: "ada" },
  ben: { id: "U0BENPERSON", name: "ben" },
} as const;
export const userIds: readonly string[] = Object.values(users).map(({ id }) => id);
/** People by their e-mail; the bot has none. */
export const usersByEmail: ReadonlyMap<string, { readonly id: string; readonly name: string }> = new Map(
  [users.admin, users.oncall, users.ada, users.ben].map((user) => [`${user.name}@hotdash.example`, user]),
);
export const team = { id: "T0SANDBOX01", name: "HotDash sandbox", domain: "hotdash-sandbox" } as const;

/** As many events as are kept for a page that was cut off and comes back. */
const eventsKept = 2_000;

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** An id in Slack's form: a kind's letters and nine random ones. */
export const slackId = (kind: string): string =>
  kind + Array.from({ length: 9 }, () => letters[randomInt(letters.length)]).join("");

const seconds = (): number => Math.floor(Date.now() / 1_000);
/** A topic or purpose set now. */
export const stated = (value: string, creator: string): Statement => ({
  value,
  creator,
  last_set: seconds(),
});
const unstated: Statement = { value: "", creator: "", last_set: 0 };

/** All of a Slack workspace that the sandbox keeps, in memory. Rules of access live with the API's methods. */
export interface Workspace {
  channels(): readonly Channel[];
  /** By id, or by name with or without "#". */
  find(idOrName: string): Channel | undefined;
  named(name: string): Channel | undefined;
  create(of: { name: string; isPrivate: boolean; creator: string; isGeneral?: boolean }): Channel;
  /** Tells watchers that a channel was changed in place. */
  changed(channel: Channel): void;
  messages(channelId?: string): readonly Message[];
  message(channelId: string, ts: string): Message | undefined;
  add(message: Omit<Message, "ts">): Message;
  edited(message: Message): void;
  /** Takes a message away, and its pin. */
  remove(message: Message): void;
  nextTs(): string;
  /** The number of the latest event. */
  sequence(): number;
  eventsAfter(sequence: number): readonly WorkspaceEvent[];
  /** Calls back on each event until the returned function is called. */
  watch(watcher: (event: WorkspaceEvent) => void): () => void;
}

/** A new workspace with #general and #random, neither of which the bot is in. */
export const createWorkspace = (): Workspace => {
  const channels = new Map<string, Channel>();
  const messages: Message[] = [];
  const events: WorkspaceEvent[] = [];
  const watchers = new Set<(event: WorkspaceEvent) => void>();
  let sequence = 0;
  let lastTs = 0;

  const happened = (happening: Happening): void => {
    sequence += 1;
    const event = { ...happening, sequence } as WorkspaceEvent;
    events.push(event);
    if (events.length > eventsKept) events.shift();
    watchers.forEach((watcher) => {
      watcher(event);
    });
  };

  const workspace: Workspace = {
    channels: () => [...channels.values()],
    find: (idOrName) => channels.get(idOrName) ?? workspace.named(idOrName.replace(/^#/, "")),
    named: (name) => [...channels.values()].find((channel) => channel.name === name),
    create: ({ name, isPrivate, creator, isGeneral = false }) => {
      const channel: Channel = {
        id: slackId("C0"),
        name,
        created: seconds(),
        creator,
        isPrivate,
        isGeneral,
        isArchived: false,
        previousNames: [],
        topic: unstated,
        purpose: unstated,
        members: new Set([creator]),
        bookmarks: [],
        pins: new Set(),
      };
      channels.set(channel.id, channel);
      happened({ kind: "channel", channel });
      return channel;
    },
    changed: (channel) => {
      happened({ kind: "channel", channel });
    },
    messages: (channelId) =>
      channelId === undefined ? messages : messages.filter(({ channel }) => channel === channelId),
    message: (channelId, ts) =>
      messages.find((message) => message.channel === channelId && message.ts === ts),
    add: (message) => {
      const added: Message = { ...message, ts: workspace.nextTs() };
      messages.push(added);
      happened({ kind: "message", message: added });
      return added;
    },
    edited: (message) => {
      happened({ kind: "message_changed", message });
    },
    remove: (message) => {
      messages.splice(messages.indexOf(message), 1);
      channels.get(message.channel)?.pins.delete(message.ts);
      happened({ kind: "message_deleted", message });
    },
    nextTs: () => {
      lastTs = Math.max(lastTs + 1, Date.now() * 1_000);
      return `${Math.floor(lastTs / 1e6)}.${String(lastTs % 1e6).padStart(6, "0")}`;
    },
    sequence: () => sequence,
    eventsAfter: (after) => events.filter((event) => event.sequence > after),
    watch: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };

  const people = [users.admin.id, users.oncall.id];
  for (const name of ["general", "random"]) {
    const channel = workspace.create({
      name,
      isPrivate: false,
      creator: users.admin.id,
      isGeneral: name === "general",
    });
    people.forEach((person) => channel.members.add(person));
  }
  return workspace;
};

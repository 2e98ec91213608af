import { html } from "hono/html";
import { feedPage } from "../../feed/page";
import type { Markup, PageDocument } from "../../page/document";
import { isMember } from "../method";
import { team, type Channel, type Message, type Workspace } from "../workspace";
import { mrkdwn, plain } from "./mrkdwn";
import { attachment, block } from "./parts";

/** What is looked at: one channel, or all of them in order of arrival. */
export type View = { readonly kind: "all" } | { readonly kind: "channel"; readonly channel: Channel };

/** So many of the latest messages are on a page. */
const messagesShown = 300;

const clock = (ts: string): string => new Date(Number(ts) * 1_000).toISOString().slice(11, 19);
const sign = (channel: Channel): string => (channel.isPrivate ? "🔒" : "#");
const nothing = html``;

/** One message. In the view of all channels it says where it stands. */
export const messageMarkup = (workspace: Workspace, message: Message, view: View["kind"]): Markup => {
  const channel = workspace.find(message.channel);
  const place = view === "all" && channel !== undefined;
  const author = message.username ?? (message.via === "webhook" ? "incoming webhook" : "flymon");
  return html`<li class="arrival" id="m${message.ts.replace(".", "-")}" data-channel="${message.channel}">
    <div class="avatar ${message.via}" aria-hidden="true">${message.via === "webhook" ? "↪" : "F"}</div>
    <div class="body">
      <div class="head">
        <b>${author}</b><span class="tag">APP</span>
        <time datetime="${new Date(Number(message.ts) * 1_000).toISOString()}">${clock(message.ts)}</time>
        ${place ? html`<a class="place" href="/channels/${channel.id}">${sign(channel)}${channel.name}</a>` : nothing}
        ${channel?.pins.has(message.ts) === true ? html`<span title="pinned">📌</span>` : nothing}
      </div>
      ${message.text !== "" && message.blocks.length === 0 ? html`<div class="text">${mrkdwn(message.text)}</div>` : nothing}
      ${message.blocks.map(block)}${message.attachments.map(attachment)}
      ${message.editedTs === undefined ? nothing : html`<span class="edited">(edited)</span>`}
    </div>
  </li>`;
};

/** The list of channels at the left. */
export const sidebarMarkup = (workspace: Workspace, view: View): Markup => {
  const item = (channel: Channel): Markup => {
    const here = view.kind === "channel" && view.channel === channel;
    const count = workspace.messages(channel.id).length;
    const state = channel.isArchived ? "archived" : isMember(channel) ? "" : "bot not in it";
    return html`<li>
      <a
        href="/channels/${channel.id}"
        class="${channel.isArchived ? "archived" : ""}"
        ${here ? html`aria-current="page"` : nothing}
      >
        <span class="name">${sign(channel)} ${channel.name}</span>
        ${state === "" ? nothing : html`<span class="state">${state}</span>`}${count === 0 ? nothing : html`<span class="count">${count}</span>`}
        ${channel.topic.value === "" ? nothing : html`<span class="topic">${plain(channel.topic.value)}</span>`}
      </a>
    </li>`;
  };
  // The bot's own channels first, archived ones last.
  const rank = (channel: Channel): number => (channel.isArchived ? 2 : isMember(channel) ? 0 : 1);
  const channels = workspace.channels().toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  return html`<ul>
    <li>
      <a href="/" ${view.kind === "all" ? html`aria-current="page"` : nothing}
        ><span class="name">All messages</span><span class="count">${workspace.messages().length}</span></a
      >
    </li>
    ${channels.map(item)}
  </ul>`;
};

/** What stands above the messages: the channel with its topic, purpose, members, bookmarks. */
export const headingMarkup = (view: View): Markup => {
  if (view.kind === "all")
    return html`<h1>All messages</h1>
      <p>Every channel of the workspace, as messages arrive.</p>`;
  const { channel } = view;
  const members = `${channel.members.size} ${channel.members.size === 1 ? "member" : "members"}`;
  const state = channel.isArchived
    ? "archived"
    : isMember(channel)
      ? "the bot is a member"
      : "the bot is not a member";
  return html`<h1>${sign(channel)} ${channel.name}</h1>
    <p>
      ${channel.topic.value === "" ? html`<i>No topic</i>` : plain(channel.topic.value)} · ${members} ·
      ${state}
    </p>
    ${channel.purpose.value === "" ? nothing : html`<p class="purpose">${plain(channel.purpose.value)}</p>`}
    ${
      channel.bookmarks.length === 0
        ? nothing
        : html`<p class="bookmarks">
            ${channel.bookmarks.map(({ emoji, title, link }) => html`<a href="${link}" rel="noreferrer noopener">${plain(emoji === "" ? "🔖" : emoji)} ${title}</a>`)}
          </p>`
    }`;
};

/** The whole page: complete without a script; with one, messages come in as they arrive. */
export const pageMarkup = (workspace: Workspace, view: View): PageDocument => {
  const all = workspace.messages(view.kind === "channel" ? view.channel.id : undefined);
  const shown = all.slice(-messagesShown);
  const scope = view.kind === "channel" ? view.channel.id : "";
  return feedPage({
    title: `${view.kind === "channel" ? `#${view.channel.name} · ` : ""}Slack on loopback`,
    data: html`data-channel="${scope}" data-sequence="${String(workspace.sequence())}"`,
    side: { label: "Channels", name: team.name, id: "channels", list: sidebarMarkup(workspace, view) },
    heading: html`<header id="heading">${headingMarkup(view)}</header>`,
    arrivals: {
      id: "messages",
      label: "Messages",
      noun: "messages",
      shown: shown.map((message) => messageMarkup(workspace, message, view.kind)),
      left: all.length - shown.length,
      none: "No messages yet.",
    },
  });
};

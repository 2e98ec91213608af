import { slackLimits } from "../../model/slack-limits";
import type { ChannelInputs } from "./channel";
import type { SlackChannel, SlackClient } from "./client";
import { failure, slackCode } from "./failures";

// Who is in a channel. People are invited and never taken out: a channel's members are its people's own business.

// A guard against a server that hands out cursors forever.
const mostPages = 200;

/** Slack's id of somebody; undefined when nobody in the workspace has that e-mail. */
const idOfMember = (slack: SlackClient, member: string): Promise<string | undefined> => {
  if (!member.includes("@")) return Promise.resolve(member);
  const { people } = slack.shared;
  const known = people.get(member) ?? lookUpByEmail(slack, member);
  people.set(member, known);
  known.then(
    // Somebody may be let in at any time.
    (id) => id === undefined && people.delete(member),
    () => people.delete(member),
  );
  return known;
};

const lookUpByEmail = async (slack: SlackClient, email: string): Promise<string | undefined> => {
  const attempted = `looking up the member ${email}`;
  try {
    const answer = await slack.raw({
      method: "users.lookupByEmail",
      attempted,
      send: (web) => web.users.lookupByEmail({ email }),
    });
    return answer.user?.id;
  } catch (error) {
    if (slackCode(error) === "users_not_found") return undefined;
    throw slack.explained(error, attempted);
  }
};

const idsIn = async (slack: SlackClient, channelId: string): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>();
  let cursor = "";
  for (let page = 0; page < mostPages; page++) {
    const answer = await slack.call({
      method: "conversations.members",
      attempted: `listing the members of the channel ${channelId}`,
      send: (web) =>
        web.conversations.members({
          channel: channelId,
          limit: slackLimits.membersPerPage,
          ...(cursor === "" ? {} : { cursor }),
        }),
      unsure: ["channel_not_found"],
    });
    for (const id of answer.members ?? []) ids.add(id);
    cursor = answer.response_metadata?.next_cursor ?? "";
    if (cursor === "") break;
  }
  return ids;
};

/** Those of the declared who are in the channel, as they are declared; undefined where nobody is declared. */
export const membersPresent = async (
  slack: SlackClient,
  channelId: string,
  channel: SlackChannel,
  declared: readonly string[] | undefined,
): Promise<readonly string[] | undefined> => {
  // Nobody can be invited to an archived channel: that it is archived is what the reader must hear.
  if (declared === undefined || declared.length === 0 || channel.is_archived === true) return declared;
  const [present, ids] = await Promise.all([
    idsIn(slack, channelId),
    Promise.all(declared.map((member) => idOfMember(slack, member))),
  ]);
  return declared.filter((_, index) => present.has(ids[index] ?? ""));
};

interface Invited {
  readonly present: readonly string[];
  /** Why some are not there. */
  readonly reasons: readonly string[];
}

/** Invites the declared who are not there yet. */
export const invite = async (
  slack: SlackClient,
  channelId: string,
  { name, members = [] }: ChannelInputs,
  present: readonly string[],
): Promise<Invited> => {
  const attempted = `inviting to #${name}`;
  const reasons: string[] = [];
  const there = new Set(present);
  const absent: { readonly member: string; readonly id: string }[] = [];
  for (const member of members.filter((candidate) => !there.has(candidate))) {
    const id = await idOfMember(slack, member);
    if (id !== undefined) absent.push({ member, id });
    else reasons.push(nobody(slack, attempted, member).message);
  }
  for (let start = 0; start < absent.length; start += slackLimits.invited) {
    const batch = absent.slice(start, start + slackLimits.invited);
    const refused = await inviteBatch(
      slack,
      channelId,
      attempted,
      batch.map(({ id }) => id),
    );
    for (const { member, id } of batch) {
      const code = refused.get(id);
      if (code === undefined || code === "already_in_channel" || code === "cant_invite_self")
        there.add(member);
      else reasons.push(refusal(slack, attempted, member, code).message);
    }
  }
  return { present: members.filter((member) => there.has(member)), reasons };
};

interface InviteError {
  readonly user?: string;
  readonly error?: string;
}

/** What Slack has against each of those whom it did not let in. */
const inviteBatch = async (
  slack: SlackClient,
  channelId: string,
  attempted: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const byUser = (errors: unknown): ReadonlyMap<string, string> =>
    new Map(
      (Array.isArray(errors) ? (errors as InviteError[]) : []).flatMap(({ user, error }) =>
        user === undefined || error === undefined ? [] : [[user, error] as const],
      ),
    );
  try {
    const answer = await slack.raw({
      method: "conversations.invite",
      attempted,
      // Forced: one who cannot be invited does not keep the others out.
      send: (web) => web.conversations.invite({ channel: channelId, users: ids.join(","), force: true }),
    });
    return byUser(answer["errors"]);
  } catch (error) {
    const refused = byUser(slackErrors(error));
    if (refused.size > 0) return refused;
    const code = slackCode(error);
    if (code === "already_in_channel" || code === "cant_invite_self")
      return new Map(ids.map((id) => [id, code]));
    throw slack.explained(error, attempted);
  }
};

const slackErrors = (error: unknown): unknown =>
  (error as { readonly data?: { readonly errors?: unknown } } | undefined)?.data?.errors;

const nobody = (slack: SlackClient, attempted: string, email: string): Error =>
  failure(
    slack.host,
    attempted,
    `nobody in this workspace has the e-mail ${email}`,
    "Let an admin invite them to the workspace, correct the e-mail, or name the member's id instead (in Slack: profile, More, Copy member ID).",
  );

const refusal = (slack: SlackClient, attempted: string, member: string, code: string): Error =>
  failure(
    slack.host,
    attempted,
    `answered ${code} for ${member}`,
    "Name somebody who is a member of this workspace, or invite them by hand; guests may be in the channels only that they were let into.",
  );

import { isMember } from "../method";
import { team, type Channel } from "../workspace";

/** A channel as the API's answers show it. Member counts come only where a method says so. */
export const channelObject = (channel: Channel): Readonly<Record<string, unknown>> => ({
  id: channel.id,
  name: channel.name,
  is_channel: !channel.isPrivate,
  is_group: channel.isPrivate,
  is_im: false,
  is_mpim: false,
  is_private: channel.isPrivate,
  created: channel.created,
  creator: channel.creator,
  is_archived: channel.isArchived,
  is_general: channel.isGeneral,
  unlinked: 0,
  name_normalized: channel.name,
  is_shared: false,
  is_org_shared: false,
  is_ext_shared: false,
  is_pending_ext_shared: false,
  pending_shared: [],
  pending_connected_team_ids: [],
  shared_team_ids: [team.id],
  context_team_id: team.id,
  is_member: isMember(channel),
  topic: channel.topic,
  purpose: channel.purpose,
  previous_names: channel.previousNames,
});

import { ok } from "../answer";
import type { Method } from "../method";
import { team, users } from "../workspace";

/** Methods that tell who is calling. */
export const authMethods: Readonly<Record<string, Method>> = {
  "auth.test": {
    tier: "special",
    json: true,
    scopes: [],
    run: ({ workspaceUrl }) =>
      ok({
        url: workspaceUrl,
        team: team.name,
        user: users.bot.name,
        team_id: team.id,
        user_id: users.bot.id,
        bot_id: users.bot.botId,
        is_enterprise_install: false,
      }),
  },
};

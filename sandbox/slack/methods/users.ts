import { invalidArguments, ok, refused, type Answer } from "../answer";
import { text, type Call, type Method } from "../method";
import { team, usersByEmail } from "../workspace";

const lookupByEmail = (call: Call): Answer => {
  const email = text(call.args, "email").toLowerCase();
  if (email === "") return invalidArguments("missing required field: email");
  const user = usersByEmail.get(email);
  if (user === undefined) return refused("users_not_found");
  return ok({
    user: {
      id: user.id,
      team_id: team.id,
      name: user.name,
      deleted: false,
      real_name: user.name,
      profile: { real_name: user.name, email },
      is_bot: false,
      is_app_user: false,
    },
  });
};

/** Methods that find people. They take a form or a query; a JSON body is ignored. */
export const userMethods: Readonly<Record<string, Method>> = {
  "users.lookupByEmail": { tier: 3, json: false, scopes: ["users:read.email"], run: lookupByEmail },
};

import type { Method } from "../method";
import { authMethods } from "./auth";
import { channelMethods } from "./channels";
import { chatMethods } from "./chat";
import { inviteMethods } from "./invite";
import { markMethods } from "./marks";
import { readingMethods } from "./reading";

/** Every method of the Web API that the sandbox answers, by name. */
export const methods: ReadonlyMap<string, Method> = new Map(
  [authMethods, channelMethods, readingMethods, inviteMethods, chatMethods, markMethods].flatMap((group) =>
    Object.entries(group),
  ),
);

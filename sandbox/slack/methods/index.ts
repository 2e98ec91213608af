import type { Method } from "../method";
import { authMethods } from "./auth";
import { bookmarkMethods } from "./bookmarks";
import { channelMethods } from "./channels";
import { chatMethods } from "./chat";
import { historyMethods } from "./history";
import { inviteMethods } from "./invite";
import { pinMethods } from "./pins";
import { readingMethods } from "./reading";
import { userMethods } from "./users";

/** Every method of the Web API that the sandbox answers, by name. */
export const methods: ReadonlyMap<string, Method> = new Map(
  [
    authMethods,
    channelMethods,
    readingMethods,
    inviteMethods,
    userMethods,
    chatMethods,
    historyMethods,
    pinMethods,
    bookmarkMethods,
  ].flatMap((group) => Object.entries(group)),
);

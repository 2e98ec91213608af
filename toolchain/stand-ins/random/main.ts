import { version } from "@pulumi/random/package.json";
import { serveProvider } from "../provider/serve-provider";
import { randomId, randomUuid } from "./identifiers";
import { randomInteger } from "./integer";
import { randomPassword, randomString } from "./text";

/** Stand-in for the vendor's `random` plugin: passwords, strings, ids, UUIDs and integers. */
serveProvider({
  version,
  resources: {
    "random:index/randomPassword:RandomPassword": randomPassword,
    "random:index/randomString:RandomString": randomString,
    "random:index/randomId:RandomId": randomId,
    "random:index/randomUuid:RandomUuid": randomUuid,
    "random:index/randomInteger:RandomInteger": randomInteger,
  },
  functions: {},
});

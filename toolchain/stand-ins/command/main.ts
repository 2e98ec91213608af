import { version } from "@pulumi/command/package.json";
import { serveProvider } from "../provider/serve-provider";
import { command } from "./command";
import { run } from "./run";

/** Stand-in for the vendor's `command` plugin: its local part, complete. */
serveProvider({
  version,
  resources: { "command:local:Command": command },
  functions: { "command:local:run": run },
});

import { kindFailures } from "../provider/property-kinds";
import type { InvokeFunction } from "../provider/resource-type";
import { commandText, loggingFailures } from "./command";
import { COMMON_KINDS, execute } from "./execute";

/** `command:local:run`: a command run at every preview and update, with its output as the result. */
export const run: InvokeFunction = {
  derived: ["stdout", "stderr", "assets", "archive"],
  async call(args, context) {
    const failures = [
      ...kindFailures(args, { ...COMMON_KINDS, command: "string" }, ["command"]),
      ...loggingFailures(args),
    ];
    if (failures.length > 0) {
      throw new Error(
        failures.map(({ property, reason }) => `command:local:run: ${property} ${reason}`).join("\n"),
      );
    }
    return { ...args, ...(await execute(commandText(args["command"]) ?? "", args, undefined, context)) };
  },
};

import { randomBytes } from "node:crypto";
import { kindFailures } from "../provider/property-kinds";
import type { Context, Failure, ResourceType } from "../provider/resource-type";
import { UNKNOWN, type Values } from "../provider/values";
import { captured, COMMON_KINDS, execute, LOGGING, selectedFiles } from "./execute";

export const loggingFailures = ({ logging = null }: Values): Failure[] =>
  typeof logging !== "string" || logging === UNKNOWN || Object.hasOwn(LOGGING, logging)
    ? []
    : [{ property: "logging", reason: `must be one of ${Object.keys(LOGGING).join(", ")}` }];

export const commandText = (value: Values[string] | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;

const NOTHING_RUN = { stdout: "", stderr: "" };

const urnName = ({ urn }: Context): string => urn.split("::").at(-1) ?? "command";

/** `command:local:Command`: a command run on this machine when the resource is created, updated or deleted. */
export const command: ResourceType = {
  check: (inputs) => ({
    inputs,
    failures: [
      ...kindFailures(inputs, {
        ...COMMON_KINDS,
        create: "string",
        delete: "string",
        triggers: "list",
        update: "string",
      }),
      ...loggingFailures(inputs),
    ],
  }),
  replaceOn: (property) => property === "triggers",
  computed: ["stdout", "stderr"],
  secretOutputs: [],
  spreadsSecrets: true,
  async create(inputs, context) {
    const toRun = commandText(inputs["create"]);
    const outputs = toRun === undefined ? NOTHING_RUN : await execute(toRun, inputs, undefined, context);
    // Unique, as nothing outside gives the resource an identity; the vendor's ids look the same.
    return { id: `${urnName(context)}${randomBytes(4).toString("hex")}`, outputs: { ...inputs, ...outputs } };
  },
  async update(inputs, state, context) {
    const toRun = commandText(inputs["update"]) ?? commandText(inputs["create"]);
    if (toRun === undefined) return { ...inputs, ...captured(state), ...selectedFiles(inputs) };
    return { ...inputs, ...(await execute(toRun, inputs, captured(state), context)) };
  },
  async delete(state, context) {
    const toRun = commandText(state["delete"]);
    if (toRun !== undefined) await execute(toRun, state, captured(state), context);
  },
  read: selectedFiles,
};

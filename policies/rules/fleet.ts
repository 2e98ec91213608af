import { resourceTypes } from "../../infra/model/resources";
import type { StackRule } from "../rule";

/** Without it a stack that registers nothing would pass every other rule. */
export const fleetNotEmpty: StackRule = {
  name: "fleet-not-empty",
  title: "The stack watches something",
  demands: "A stack registers at least one app.",
  limit: `1 resource of type ${resourceTypes.flyApp} or more`,
  why: "Rules that find nothing to judge all pass; an empty stack must not look like a sound one.",
  source: "this project: a gate that judges nothing fails",
  mend: ["# Pulumi.<stack>.yaml", "config:", "  hotdash:apps:", "    - hotdash-production"].join("\n"),
  severity: "critical",
  reads: ["flyApp"],
  judgeStack: ({ flyApp }) =>
    flyApp.length > 0
      ? []
      : [
          {
            field: "hotdash:apps",
            value: [],
            limit: "at least one app of infra/fleet",
            mend: "name the apps of this stack under hotdash:apps in Pulumi.<stack>.yaml",
          },
        ],
};

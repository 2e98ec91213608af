import type { Rule } from "../finding";
import { autoStopRules } from "./auto-stop";
import { checkTimingRules } from "./check-timing";
import { checkValueRules } from "./check-values";
import { deployRules } from "./deploy";
import { formRules } from "./forms";
import { groupRules } from "./groups";
import { keyRules } from "./keys";
import { machineRules } from "./machines";
import { mountRules } from "./mounts";
import { serviceRules } from "./services";

/** Every rule of `flymon toml lint`, in the order of docs/fly-toml.md. */
export const rules: readonly Rule[] = [
  ...keyRules,
  ...formRules,
  ...checkTimingRules,
  ...checkValueRules,
  ...autoStopRules,
  ...serviceRules,
  ...groupRules,
  ...machineRules,
  ...deployRules,
  ...mountRules,
];

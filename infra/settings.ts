import * as pulumi from "@pulumi/pulumi";
import { parseSettings } from "./model/fleet";
import { settingsInput } from "./model/settings";
import type { Settings } from "./model/settings";

/** This stack's settings, from its configuration. Throws a Refusal with every mistake in them. */
export const readSettings = (): Settings =>
  parseSettings(pulumi.getStack(), settingsInput(pulumi.runtime.allConfig(), pulumi.getProject()));

import { flyToml } from "./files/fly-toml";
import { gatusConfig } from "./files/gatus-config";
import { texts } from "./files/texts";
import { machineSettings } from "./fly/machine-settings";
import type { ResourceKind } from "./resource";
import { slackChannel } from "./slack/channel";

/** Every kind of resource that this provider has. */
export const resourceKinds: readonly ResourceKind[] = [
  flyToml,
  texts,
  machineSettings,
  gatusConfig,
  slackChannel,
];

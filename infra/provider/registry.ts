import { betterStackKinds } from "./betterstack/kinds";
import { flyToml } from "./files/fly-toml";
import { gatusConfig } from "./files/gatus-config";
import { texts } from "./files/texts";
import { flyApp } from "./fly/app/app";
import { flyMachine } from "./fly/machine/machine";
import { machineSettings } from "./fly/machine-settings";
import { flyVolume } from "./fly/volume/volume";
import type { ResourceKind } from "./resource";
import { sentryKinds } from "./sentry/kinds";
import { slackKinds } from "./slack/kinds";
import { uptimeRobotKinds } from "./uptimerobot/kinds";

/** Every kind of resource that this provider has. */
export const resourceKinds: readonly ResourceKind[] = [
  flyToml,
  texts,
  machineSettings,
  flyApp,
  flyVolume,
  flyMachine,
  gatusConfig,
  ...slackKinds(),
  ...betterStackKinds(),
  ...uptimeRobotKinds(),
  ...sentryKinds(),
];

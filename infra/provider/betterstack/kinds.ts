import { systemWorld, type HttpWorld } from "../http/client";
import type { ResourceKind } from "../resource";
import { restKind } from "../rest/kind";
import { lookUpKind } from "../rest/look-up";
import { escalationPolicy } from "./escalation-policy";
import { monitorGroup, severity } from "./groups";
import { heartbeat } from "./heartbeat";
import { monitor } from "./monitor";
import { onCallCalendar } from "./on-call-calendar";
import { betterStack } from "./service";
import { slackIntegration } from "./slack-integration";
import { statusPage, statusPageResource, statusPageSection } from "./status-page";
import { incomingWebhook, outgoingWebhook } from "./webhooks";

const descriptions = [
  monitor,
  monitorGroup,
  heartbeat,
  severity,
  escalationPolicy,
  onCallCalendar,
  outgoingWebhook,
  incomingWebhook,
  statusPage,
  statusPageSection,
  statusPageResource,
];

/** Every kind of resource that is kept at Better Stack. */
export const betterStackKinds = (world: HttpWorld = systemWorld): readonly ResourceKind[] => [
  ...descriptions.map((description) => restKind(betterStack, description, world)),
  lookUpKind(betterStack, slackIntegration, world),
];

import type { FleetDeclaration } from "../model/fleet";
import { agentService, llamaindexMcp } from "./agents";
import { alerting } from "./alerting";
import { chatwoot } from "./chatwoot";
import { production, staging, stagingDatabase } from "./storefront";

/** Everything that can be watched; each stack's file names the apps it watches. */
export const fleet: FleetDeclaration = {
  apps: [chatwoot, production, llamaindexMcp, agentService, staging, stagingDatabase],
  alerting,
};

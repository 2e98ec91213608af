import { systemWorld, type HttpWorld } from "../http/client";
import type { ResourceKind } from "../resource";
import { restKind } from "../rest/kind";
import { integration } from "./integration";
import { maintenanceWindow } from "./maintenance-window";
import { monitor } from "./monitor";
import { uptimeRobot } from "./service";
import { statusPage } from "./status-page";

/** Every kind of resource that is kept at UptimeRobot. */
export const uptimeRobotKinds = (world: HttpWorld = systemWorld): readonly ResourceKind[] =>
  [monitor, integration, maintenanceWindow, statusPage].map((description) =>
    restKind(uptimeRobot, description, world),
  );

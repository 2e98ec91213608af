import { createHash } from "node:crypto";

/** Grafana takes no longer ones. */
const longest = 40;

/** The uid of an app's dashboard: the same in every render, so that links last. */
export const dashboardUid = (app: string): string => {
  const uid = `flymon-${app}`;
  if (uid.length <= longest) return uid;
  const mark = createHash("sha256").update(app).digest("hex").slice(0, 8);
  return `${uid.slice(0, longest - 1 - mark.length)}-${mark}`;
};

export const fleetDashboardUid = "flymon-fleet";

/** Which service watches from outside. Gatus is self-hosted and the embedded default. */
export const uptimeBackends = ["gatus", "betterstack", "uptimerobot"] as const;
export type UptimeBackend = (typeof uptimeBackends)[number];

/** Names of the backends as their makers write them. */
export const backendTitles: Readonly<Record<UptimeBackend, string>> = {
  gatus: "Gatus",
  betterstack: "Better Stack",
  uptimerobot: "UptimeRobot",
};

import { startBetterStack } from "./betterstack";
import { startInbox } from "./inbox";
import type { Service, StartService } from "./service";
import { startSlack } from "./slack";
import { startUptimeRobot } from "./uptimerobot";

/** Every outer service, by the name that it has in the ready line and below the control server: one line each. */
export const services = {
  slack: startSlack,
  inbox: startInbox,
  betterstack: startBetterStack,
  uptimerobot: startUptimeRobot,
} as const satisfies Readonly<Record<string, StartService>>;

export type ServiceName = keyof typeof services;

/** What the ready line tells of the services. */
export type ServiceAnnouncements = {
  readonly [Name in ServiceName]: Awaited<ReturnType<(typeof services)[Name]>>["announcement"];
};

export type RunningServices = Readonly<Record<ServiceName, Service>>;

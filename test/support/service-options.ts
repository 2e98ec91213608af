import type { ServiceOptions } from "../../sandbox/service";

/** How tests start a service of the sandbox: on ports of its own, with no rate limit and time that runs quickly. */
export const serviceOptions: ServiceOptions = {
  port: 0,
  secondPort: 0,
  slackToken: undefined,
  slackLimits: Infinity,
  uptimerobotMonitors: 50,
  uptimerobotLimits: Infinity,
  monitorFactor: 30,
};

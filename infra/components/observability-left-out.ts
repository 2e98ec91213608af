import * as pulumi from "@pulumi/pulumi";
import type { LeftOut } from "../render/observability/threshold-alerts";

/** A line for each reason, with the alerts and their apps. */
export const leftOutText = (service: string, leftOut: readonly LeftOut[]): string => {
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  const lines = reasons.map((reason) => {
    const alerts = leftOut.filter((left) => left.reason === reason);
    const apps = [...new Set(alerts.flatMap((left) => left.apps))];
    return `  ${reason}: ${alerts.map(({ alert }) => alert).join(", ")} (${apps.join(", ")})`;
  });
  return [`Alerts that ${service} does not get:`, ...lines].join("\n");
};

/** Tells with each run which alerts the service does not get, and why. */
export const tellLeftOut = (
  service: string,
  leftOut: readonly LeftOut[],
  resource: pulumi.Resource,
): void => {
  if (leftOut.length > 0) void pulumi.log.info(leftOutText(service, leftOut), resource);
};

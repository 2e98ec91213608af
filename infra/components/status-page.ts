import * as pulumi from "@pulumi/pulumi";
import { resourceTypes } from "../model/resources";
import type { StatusPageSettings } from "../model/uptime";
import type { BetterStackStatusPageArgs } from "./betterstack";
import {
  BetterStackStatusPage,
  BetterStackStatusPageResource,
  BetterStackStatusPageSection,
} from "./betterstack";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { UptimeRobotStatusPageArgs } from "./uptimerobot";
import { UptimeRobotStatusPage } from "./uptimerobot";

/** A monitor that the page shows. */
export interface Shown {
  readonly name: string;
  readonly monitorId: pulumi.Output<string>;
}

export interface StatusPageArgs {
  readonly backend: "betterstack" | "uptimerobot";
  readonly page: StatusPageSettings;
  readonly shown: readonly Shown[];
  readonly transform?: {
    readonly betterStack?: Transform<BetterStackStatusPageArgs> | undefined;
    readonly uptimeRobot?: Transform<UptimeRobotStatusPageArgs> | undefined;
  };
}

/** The page that tells people outside how the apps are. */
export class StatusPage extends pulumi.ComponentResource<void> {
  constructor(
    name: string,
    { backend, page, shown, transform }: StatusPageArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super(resourceTypes.statusPage, name, {}, options);
    const child = { parent: this };
    const { subdomain, company, companyUrl, timezone } = page;
    if (backend === "uptimerobot") {
      // Its address is UptimeRobot's own; one of the company's is a transform away.
      const args = { name: company, monitorIds: shown.map(({ monitorId }) => monitorId) };
      new UptimeRobotStatusPage(name, transformed(args, transform?.uptimeRobot), child);
    } else {
      const { id: statusPageId } = new BetterStackStatusPage(
        name,
        transformed({ subdomain, companyName: company, companyUrl, timezone }, transform?.betterStack),
        child,
      );
      const { id: statusPageSectionId } = new BetterStackStatusPageSection(
        `${name}-apps`,
        { statusPageId, name: "Apps" },
        child,
      );
      for (const { name: publicName, monitorId } of shown) {
        new BetterStackStatusPageResource(
          `${name}-${publicName.replaceAll(" ", "-")}`,
          { statusPageId, statusPageSectionId, resourceId: monitorId, resourceType: "Monitor", publicName },
          child,
        );
      }
    }
    this.registerOutputs();
  }
}

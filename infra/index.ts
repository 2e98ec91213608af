import * as pulumi from "@pulumi/pulumi";
import { AlertChannels } from "./components/alert-channels";
import { AlertRouting } from "./components/alert-routing";
import { AlertRules } from "./components/alert-rules";
import { Dashboards } from "./components/dashboards";
import { Drill } from "./components/drill";
import { FlyApp } from "./components/fly-app";
import { Uptime } from "./components/uptime";
import { fleet as declared } from "./fleet";
import { resolveFleet } from "./model/fleet";
import { summaryLine, summaryOf } from "./model/summary";
import { readSettings } from "./settings";
import { withoutStack } from "./without-stack";

// Settings and fleet: every mistake is refused here, before any resource exists.
const fleet = withoutStack(() => resolveFleet(declared, readSettings()));
const { alerting, settings } = fleet;

// Who hears, what Fly checks, what the outside watches.
const channels = new AlertChannels("alerting", { alerting, settings });
const apps = fleet.apps.map((app) => new FlyApp(app.name, { app, settings }));
const uptime = new Uptime("uptime", { fleet });
const rules = new AlertRules("rules", { fleet });
const routing = new AlertRouting("routing", { fleet });
const dashboards = new Dashboards("dashboards", { fleet });

// Last: each new route is proven to arrive.
new Drill(
  "drill",
  { fleet, channels: channels.slack, slackToken: new pulumi.Config("flymon").getSecret("slackToken") },
  { dependsOn: [channels, ...apps, uptime, rules, routing, dashboards] },
);

/** What is watched and who hears of it, a line an app. */
export const watched = Object.fromEntries(summaryOf(fleet).map((row) => [row.app, summaryLine(row)]));

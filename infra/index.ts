import * as pulumi from "@pulumi/pulumi";
import { AlertChannels } from "./components/alert-channels";
import { AlertRouting } from "./components/alert-routing";
import { AlertRules } from "./components/alert-rules";
import { Dashboards } from "./components/dashboards";
import { Drill } from "./components/drill";
import { FlyApp } from "./components/fly-app";
import { Datadog, datadogClasses } from "./components/observability-datadog";
import { NewRelic, newRelicClasses } from "./components/observability-newrelic";
import { Sentry } from "./components/observability-sentry";
import { Uptime } from "./components/uptime";
import { Watchtower } from "./components/watchtower";
import { fleet as declared } from "./fleet";
import { resolveFleet } from "./model/fleet";
import { summaryLine, summaryOf } from "./model/summary";
import { readSettings } from "./settings";
import { watchtowerHeartbeat } from "./render/uptime/heartbeats";
import { readGatusVariables, readUptimeSecrets, readWatchtowerSecrets } from "./watchtower-secrets";
import { withoutStack } from "./without-stack";

// Settings, fleet and secrets: every mistake is refused here, before any resource exists.
const fleet = withoutStack(() => resolveFleet(declared, readSettings()));
const { alerting, settings } = fleet;
const secrets = settings.watchtower ? withoutStack(() => readWatchtowerSecrets(settings)) : {};
const uptimeSecrets = withoutStack(() => readUptimeSecrets(fleet));
const { observability } = settings;
const datadog = observability === "datadog" && withoutStack(() => datadogClasses(settings.stack));
const newrelic = observability === "newrelic" && withoutStack(() => newRelicClasses(settings.stack));

// Who hears, what Fly checks, what the outside watches, what is an alert.
const channels = new AlertChannels("alerting", { alerting, settings });
const apps = fleet.apps.map((app) => new FlyApp(app.name, { app, settings }));
const uptime = new Uptime(
  "uptime",
  { fleet, secrets: uptimeSecrets },
  // Machines are brought in line before anybody watches them.
  { dependsOn: [channels, ...apps] },
);
const rules = new AlertRules("rules", { fleet });
const routing = new AlertRouting("routing", { fleet });
const dashboards = new Dashboards("dashboards", { fleet });

// What evaluates the alerts and tells people.
const tower =
  settings.watchtower &&
  new Watchtower("watchtower", {
    ...{ fleet, rules, routing, uptime, apps },
    // A heartbeat that the stack makes itself, where it is told of none.
    secrets: { heartbeatUrl: uptime.heartbeats.get(watchtowerHeartbeat), ...secrets },
    watchtower: settings.watchtower,
    variables: readGatusVariables(fleet),
  });

// The same alerts at a hosted service, where the stack names one.
const { slack } = channels;
if (datadog) new Datadog("datadog", { fleet, classes: datadog });
if (newrelic) new NewRelic("newrelic", { fleet, classes: newrelic, slack });
if (settings.sentry) new Sentry("sentry", { fleet, sentry: settings.sentry, slack });

// Last: each new route is proven to arrive.
new Drill(
  "drill",
  { fleet, channels: channels.slack, slackToken: new pulumi.Config("flymon").getSecret("slackToken") },
  { dependsOn: [channels, ...apps, uptime, rules, routing, dashboards, ...(tower ? [tower] : [])] },
);

/** What is watched and who hears of it, a line an app. */
export const watched = Object.fromEntries(summaryOf(fleet).map((row) => [row.app, summaryLine(row)]));

/** Where the scripts of infra/fleet/alerting.ts call when they have ended well, by name; secrets. */
export const heartbeats =
  uptime.heartbeats.size === 0
    ? undefined
    : Object.fromEntries([...uptime.heartbeats].filter(([name]) => name !== watchtowerHeartbeat));

/** Where the alerts are evaluated. */
export const watchtower = tower?.whereabouts;

import { limits } from "../../infra/model/limits";
import { milliseconds } from "../../infra/model/units";
import type { Finding, Stack, StackRule } from "../rule";

const { min } = limits.coldStartInterval;

/** Some group of the app may be stopped as a whole. */
const sleeps = (app: string, { autoscaling, autoStop }: Stack): boolean =>
  autoscaling.some(
    (scaling) =>
      scaling.app === app &&
      scaling.minMachinesRunning === 0 &&
      autoStop.some(
        (stop) =>
          stop.app === app && stop.processGroup === scaling.processGroup && stop.autoStopMachines !== "off",
      ),
  );

const poll = 'uptime: [{ kind: "poll", name: "health", path: "/health" }]';
const coldStart = 'uptime: [{ kind: "cold-start", name: "auto-start", path: "/health" }]';

export const uptimeMonitorPresent: StackRule = {
  name: "public-app-has-uptime-monitor",
  title: "Public apps are watched from outside",
  demands: "Every public app has an uptime monitor.",
  limit: "1 uptime monitor or more for an app with a service",
  why:
    "Fly's checks run inside Fly and alert nobody. Only a request from outside sees what people see: names, " +
    "certificates, the proxy and the way there.",
  source: 'monitoring runbook, "External Monitoring Setup"',
  mend: [`${poll},`, "// or, for an app that scales to zero", `${coldStart},`].join("\n"),
  severity: "critical",
  reads: ["flyApp", "uptimeMonitor", "autoscaling", "autoStop"],
  judgeStack: (stack) =>
    stack.flyApp
      .filter((app) => app.public && !stack.uptimeMonitor.some((monitor) => monitor.app === app.app))
      .map((app): Finding => ({
        origin: app,
        field: "uptime",
        value: [],
        limit: "at least 1 monitor for a public app",
        mend: `write ${sleeps(app.app, stack) ? coldStart : poll}`,
      })),
};

export const sleepingAppNotPolled: StackRule = {
  name: "sleeping-app-not-polled",
  title: "Watching does not wake what sleeps",
  demands: "An app that scales to zero is not polled; its cold start is tested, seldom.",
  limit: `kind "cold-start" with an interval of ${min} or more`,
  why:
    "A request a minute keeps a machine awake for ever: the monitor then causes the cost that scaling to zero saves, " +
    "and hides a start that fails.",
  source:
    'Fly stops an idle machine after some minutes (observed 5 to 10); operations runbook, "Cost Management"',
  url: "https://fly.io/docs/launch/autostop-autostart/",
  mend: 'uptime: [{ kind: "cold-start", name: "auto-start", path: "/health", interval: "1h" }],',
  severity: "medium",
  reads: ["autoscaling", "autoStop", "uptimeMonitor"],
  judgeStack: (stack) =>
    stack.uptimeMonitor.flatMap((monitor): Finding[] => {
      if (monitor.kind !== "cold-start") {
        return sleeps(monitor.app, stack)
          ? [
              {
                origin: monitor,
                field: `${monitor.field}.kind`,
                value: monitor.kind,
                limit: '"cold-start" for an app that scales to zero',
                mend: 'write kind: "cold-start"',
              },
            ]
          : [];
      }
      if (milliseconds(monitor.interval) >= milliseconds(min)) return [];
      return [
        {
          origin: monitor,
          field: `${monitor.field}.interval`,
          value: monitor.interval,
          limit: `${min} or more between two cold starts`,
          mend: `write interval: "${min}"`,
        },
      ];
    }),
};

import { afterAll, beforeAll } from "vitest";
import { uptimeRobotTypes } from "../../infra/model/uptimerobot";
import { killSuite } from "../support/kill-runs";
import { secret, type DeclaredResource } from "../support/resource-suite";
import { startTestUptimeRobot, type TestUptimeRobot } from "../support/uptimerobot-sandbox";

let service: TestUptimeRobot;
beforeAll(async () => {
  service = await startTestUptimeRobot();
});
afterAll(() => service.stop());

const monitor = (name: string): DeclaredResource => ({
  type: uptimeRobotTypes.monitor,
  name,
  inputs: {
    name: `kills: ${name}`,
    type: "HTTP",
    // Nothing listens on port 9 of loopback.
    url: `http://127.0.0.1:9/${name}?a=1&b=2`,
    interval: "5m",
    tags: ["kills"],
  },
});

/** Side by side: each is looked for during some seconds before it is made. */
const resources: readonly DeclaredResource[] = [
  {
    type: uptimeRobotTypes.integration,
    name: "slack",
    inputs: { name: "#kills", type: "Slack", url: secret("https://hooks.slack.example/kills") },
  },
  {
    type: uptimeRobotTypes.maintenanceWindow,
    name: "window",
    inputs: { name: "kills: nightly", interval: "weekly", time: "02:00", duration: "60m", days: ["sun"] },
  },
  monitor("shop"),
  monitor("support"),
  monitor("agent"),
  {
    type: uptimeRobotTypes.monitor,
    name: "heartbeat",
    inputs: { name: "kills: synthetic", type: "HEARTBEAT", interval: "5m", gracePeriod: "1m" },
  },
  {
    type: uptimeRobotTypes.statusPage,
    name: "page",
    inputs: { name: "kills: page", monitorIds: [] },
  },
];

/** Everything that is there, sorted; by name, as its ids are others each time. */
const things = async (): Promise<readonly string[]> => {
  const paths = ["/integrations", "/monitors", "/maintenance-windows", "/psps"];
  const lists = await Promise.all(
    paths.map(async (path) =>
      (await service.list(path)).map(
        ({ friendlyName, name, type }) => `${path} ${String(friendlyName ?? name)} ${String(type)}`,
      ),
    ),
  );
  return lists.flat().sort();
};

killSuite({ service: () => service, resources: () => resources, things }, 2);

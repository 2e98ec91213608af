import { expect, it } from "vitest";
import { uptimeRobotTypes } from "../../infra/model/uptimerobot";
import { uptimeRobotKinds } from "../../infra/provider/uptimerobot/kinds";
import { anyProgram, withSchemasOf, type Declared } from "../support/engine-trial";
import { fakeUptimeRobot, faultKinds } from "../support/fake-uptimerobot";
import { expectStruck, faultRuns, faultsOf, runTrials, type Struck, type Trial } from "../support/fault-runs";
import { restTrial } from "../support/rest-trial";
import { seededRandom, virtualClock } from "../support/virtual-clock";

// Whatever goes wrong at any call, and wherever a run is killed: never two of one thing, nothing left behind that no
// state knows, and once the trouble is over one run brings all in line.

const runs = faultRuns(2_000);
const methods = ["GET", "POST", "PATCH"];

const makers: readonly ((index: number) => Declared)[] = [
  (index) => ({
    type: uptimeRobotTypes.monitor,
    inputs: {
      name: `monitor ${index} & <co>`,
      type: "HTTP",
      url: `https://shop-${index}.example/health?a=1&b=2`,
      interval: "1m",
      customHttpHeaders: { "X-Client": "flymon" },
      assignedAlertContacts: [{ alertContactId: "1" }, { alertContactId: "2", threshold: "5m" }],
    },
    later: { interval: "5m", tags: ["web"], name: `monitor ${index} renamed`, customHttpHeaders: {} },
  }),
  (index) => ({
    type: uptimeRobotTypes.monitor,
    inputs: { name: "same name", type: "PING", url: `same-${index}.example`, interval: "5m" },
    later: { timeout: "5s", type: "DNS" },
  }),
  (index) => ({
    type: uptimeRobotTypes.monitor,
    inputs: { name: `heartbeat ${index}`, type: "HEARTBEAT", interval: "5m", gracePeriod: "1m" },
    later: { gracePeriod: "2m" },
  }),
  (index) => ({
    type: uptimeRobotTypes.monitor,
    inputs: { name: `paused ${index}`, type: "PING", url: "paused.example", interval: "5m", paused: true },
    later: { paused: false },
  }),
  (index) => ({
    type: uptimeRobotTypes.integration,
    inputs: { name: `#channel-${index}`, type: "Slack", url: `https://hooks.example/${index}?a=1&b=2` },
    later: { notifyFor: "Down", type: "Webhook" },
  }),
  (index) => ({
    type: uptimeRobotTypes.maintenanceWindow,
    inputs: { name: `window ${index}`, interval: "weekly", time: "02:00", duration: "1h", days: ["sun"] },
    later: { duration: "2h", days: ["mon", "sat"] },
  }),
  (index) => ({
    type: uptimeRobotTypes.statusPage,
    inputs: { name: `page ${index}`, monitorIds: ["7"] },
    later: { noIndex: true, monitorIds: ["8", "7"] },
  }),
];

const compiled = uptimeRobotKinds();
const struck: Struck = new Map();

const trialOf = (seed: number): Trial => {
  const random = seededRandom(seed);
  const clock = virtualClock(seed + 1);
  const service = fakeUptimeRobot(clock);
  // Every read may be late, and one that is struck by a fault very late.
  service.lag = () => random() * 1_500;
  service.longLag = () => random() * 5_000;
  const aims = methods.map((method) => [method]);
  const { kinds, strike } = faultsOf(random, { kinds: faultKinds, aims, aimed: 0.4, most: 40, struck });
  service.fault = ({ method }) => strike(method);
  return restTrial({
    clock,
    random,
    service,
    token: "fault-token-of-uptimerobot",
    configuration: {
      uptimeRobotToken: "fault-token-of-uptimerobot",
      uptimeRobotApiUrl: "http://robot.test/v3",
    },
    kinds: (callsOf) =>
      withSchemasOf(compiled, uptimeRobotKinds({ clock, transport: callsOf(service.transport) })),
    program: anyProgram(random, makers),
    keyOf: ({ attributes: { friendlyName, name, type, url, value } }) => [
      friendlyName ?? name,
      type,
      url?.toString().replace(/secret.*/, ""),
      value,
    ],
    // The next run may begin at once: its looks are spread over more time than reads are usually late.
    gapMs: () => {
      const gap = random() * (random() < 0.5 ? 500 : 30_000);
      return kinds.includes("stale") ? 6_000 + gap : gap;
    },
  });
};

it(`survives ${runs} runs with faults at any call, some of them killed`, async () => {
  const plan = { runs, rounds: [1, 3], kills: { share: 0.25, mostCalls: 12 } } as const;
  const { failed, killed } = await runTrials(plan, trialOf);
  expectStruck(
    struck,
    methods,
    faultKinds.filter((kind) => kind !== "404 after create"),
  );
  expectStruck(struck, ["POST"], faultKinds);
  // Some runs failed, while most got through.
  expect(failed).toBeGreaterThan(runs / 50);
  expect(failed).toBeLessThan(runs);
  expect(killed).toBeGreaterThan(runs / 10);
});

import { expect, it } from "vitest";
import { betterStackTypes } from "../../infra/model/betterstack";
import { betterStackKinds } from "../../infra/provider/betterstack/kinds";
import { anyProgram, withSchemasOf, type Declared } from "../support/engine-trial";
import { fakeBetterStack, faultKinds } from "../support/fake-better-stack";
import { expectStruck, faultRuns, faultsOf, runTrials, type Struck, type Trial } from "../support/fault-runs";
import { restTrial } from "../support/rest-trial";
import { seededRandom, virtualClock } from "../support/virtual-clock";

// Whatever goes wrong at any call, and wherever a run is killed: never two of one thing, nothing left behind that no
// state knows, and once the trouble is over one run brings all in line.

const runs = faultRuns(2_000);
const methods = ["GET", "POST", "PATCH"];

const makers: readonly ((index: number) => Declared)[] = [
  (index) => ({
    type: betterStackTypes.monitor,
    inputs: {
      name: `monitor ${index}`,
      url: `https://shop-${index}.example/health`,
      monitorType: "status",
      httpMethod: "GET",
      checkFrequency: "1m",
      requestHeaders: [{ name: "X-Client", value: "flymon" }],
    },
    later: { checkFrequency: "3m", sslExpiration: "off", name: `monitor ${index} renamed` },
  }),
  (index) => ({
    type: betterStackTypes.monitor,
    inputs: {
      name: "same name",
      url: `https://same-${index}.example`,
      monitorType: "ping",
      requestTimeout: "3s",
    },
    later: { requestTimeout: "5s" },
  }),
  (index) => ({
    type: betterStackTypes.heartbeat,
    inputs: { name: `heartbeat ${index}`, period: "5m", grace: "1m" },
    later: { grace: "2m" },
  }),
  (index) => ({
    type: betterStackTypes.escalationPolicy,
    inputs: {
      name: `policy ${index}`,
      steps: [{ type: "escalation", waitBefore: "0s", stepMembers: [{ type: "entire_team" }] }],
    },
    later: { repeatCount: 3 },
  }),
  (index) => ({
    type: betterStackTypes.onCallCalendar,
    inputs: {
      name: `calendar ${index}`,
      rotation: {
        users: ["ada@hotdash.example"],
        rotationLength: 1,
        rotationInterval: "week",
        startRotationsAt: "2026-01-05T09:00:00Z",
        endRotationsAt: "2027-01-04T09:00:00Z",
      },
    },
    later: { name: `calendar ${index} renamed` },
  }),
  (index) => ({
    type: betterStackTypes.outgoingWebhook,
    inputs: {
      name: `webhook ${index}`,
      url: `https://hooks.example/${index}`,
      triggerType: "incident_change",
    },
    later: { triggerType: "monitor_change" },
  }),
  (index) => ({
    type: betterStackTypes.statusPage,
    inputs: {
      subdomain: `page-${index}`,
      companyName: "Hotdash",
      companyUrl: "https://hotdash.example",
      timezone: "UTC",
    },
    later: { companyName: "Hotdash Inc." },
  }),
];

const compiled = betterStackKinds();
const struck: Struck = new Map();

const trialOf = (seed: number): Trial => {
  const random = seededRandom(seed);
  const clock = virtualClock(seed + 1);
  const service = fakeBetterStack(clock);
  service.lag = () => random() * 5_000;
  const aims = methods.map((method) => [method]);
  const { strike } = faultsOf(random, { kinds: faultKinds, aims, aimed: 0.4, most: 40, struck });
  service.fault = ({ method }) => strike(method);
  return restTrial({
    clock,
    random,
    service,
    token: "fault-token-of-better-stack",
    configuration: {
      betterStackToken: "fault-token-of-better-stack",
      betterStackApiUrl: "http://better.test",
    },
    kinds: (callsOf) =>
      withSchemasOf(compiled, betterStackKinds({ clock, transport: callsOf(service.transport) })),
    program: anyProgram(random, makers),
    keyOf: ({ attributes }) => [
      attributes["pronounceable_name"] ?? attributes["name"] ?? attributes["subdomain"],
      attributes["url"]?.toString().replace(/secret.*/, ""),
      attributes["trigger_type"],
    ],
    // Nobody starts the next run within the seconds for which the service may still answer with what was before.
    gapMs: () => 6_000 + random() * 30_000,
  });
};

it(`survives ${runs} runs with faults at any call, some of them killed`, async () => {
  const plan = { runs, rounds: [1, 3], kills: { share: 0.25, mostCalls: 12 } } as const;
  const { failed, killed } = await runTrials(plan, trialOf);
  expectStruck(struck, methods, faultKinds);
  // Some runs failed, while most got through.
  expect(failed).toBeGreaterThan(runs / 50);
  expect(failed).toBeLessThan(runs);
  expect(killed).toBeGreaterThan(runs / 10);
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sentryTypes } from "../../infra/model/observability";
import { caseRows, textIn } from "../support/case-rows";
import { withStack } from "../support/engine";
import {
  fakeSentry,
  sentryToken,
  serveSentry,
  type FakeSentry,
  type ServedSentry,
} from "../support/fake-sentry";
import { projectOf, resourceSuite, type SuiteRow } from "../support/resource-suite";
import { issueCase, metricCase, type SentryCase } from "../support/sentry-cases";

// Sentry's alerts under the real CLI, against a small imitation of its API on loopback.

let sentry: FakeSentry;
let served: ServedSentry;
beforeAll(async () => {
  sentry = fakeSentry();
  served = await serveSentry(sentry);
});
afterAll(() => served.stop());

const config = () => ({ "flymon:sentryApiUrl": served.apiUrl });
const options = (token = sentryToken) => ({ secrets: { "flymon:sentryToken": token }, config: config() });

/** The first of several rows is deleted by hand, the last one changed as the case tells. */
const rowsOf = (of: SentryCase, name: string, tag: string): readonly SuiteRow[] => {
  const { collection, parent, outside } = of;
  return caseRows(of, { name, tag, unlike: ["name"], most: 7 }).map(
    ({ isLast, isTold: _, ...row }): SuiteRow => ({
      ...row,
      importId: `${parent}${textIn(row.inputs, "name")}`,
      outside: {
        act: (id) => {
          const all = sentry.kept.get(collection);
          const found = all?.get(id);
          if (found === undefined) throw new Error(`${row.name} is not there`);
          if (isLast) found[outside.attribute] = outside.value;
          else all?.delete(id);
          return Promise.resolve();
        },
        shows: isLast ? [outside.property] : "gone",
      },
    }),
  );
};

const moving = (tag: string): readonly SuiteRow[] => [
  {
    name: "moving issue alert",
    type: sentryTypes.issueAlert,
    inputs: { ...issueCase.inputs, name: `moving-${tag}` },
    changes: [
      { property: "project", value: "shop-web", replaces: true },
      { property: "organization", value: "acme-staging", replaces: true },
    ],
    importId: `acme/shop/moving-${tag}`,
  },
  {
    name: "moving metric alert",
    type: sentryTypes.metricAlert,
    inputs: { ...metricCase.inputs, name: `moving-${tag}` },
    changes: [{ property: "organization", value: "acme-staging", replaces: true }],
    importId: `acme/moving-${tag}`,
  },
];

resourceSuite({
  module: "sentry",
  service: () => ({
    options: options(),
    withoutCredentials: { config: config(), env: { SENTRY_AUTH_TOKEN: undefined } },
    inventory: () =>
      Promise.resolve(
        [...sentry.kept].flatMap(([path, things]) => [...things.keys()].map((id) => `${path}${id}`)),
      ),
    secrets: () => Promise.resolve([sentryToken]),
  }),
  rows: (tag) => [
    ...rowsOf(issueCase, "issue alert", tag),
    ...rowsOf(metricCase, "metric alert", tag),
    ...moving(tag),
  ],
});

describe("what Sentry refuses", () => {
  it("is told by its key or its property, without a stack trace", async () => {
    const refused = {
      type: sentryTypes.issueAlert,
      name: "alert",
      inputs: { ...issueCase.inputs, name: "refused" },
    };
    const failing = async (token: string): Promise<string> =>
      withStack(
        projectOf([refused]),
        async (stack) => {
          const { exitCode, output } = await stack.up();
          expect(exitCode).not.toBe(0);
          expect(output).not.toMatch(/\n\s+at /);
          return output;
        },
        options(token),
      );
    expect(await failing(sentryToken)).toContain("conditions: Not a condition of ours");
    const told = await failing("sntrys_a_wrong_one");
    expect(told).toContain("flymon:sentryToken");
    expect(told).not.toContain("sntrys_a_wrong_one");
  });
});

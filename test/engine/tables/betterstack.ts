import { betterStackTypes } from "../../../infra/model/betterstack";
import type { Properties } from "../../../infra/provider/properties";
import { kindCases, type KindCase } from "../../support/betterstack-cases";
import type { TestBetterStack } from "../../support/betterstack-sandbox";
import { caseRows, textIn } from "../../support/case-rows";
import type { OutsideChange, SuiteRow } from "../../support/resource-suite";

const pages = "/api/v2/status-pages";

const collections: Readonly<Record<string, string>> = {
  [betterStackTypes.monitor]: "/api/v2/monitors",
  [betterStackTypes.monitorGroup]: "/api/v2/monitor-groups",
  [betterStackTypes.heartbeat]: "/api/v2/heartbeats",
  [betterStackTypes.severity]: "/api/v2/urgencies",
  [betterStackTypes.escalationPolicy]: "/api/v3/policies",
  [betterStackTypes.onCallCalendar]: "/api/v2/on-calls",
  [betterStackTypes.outgoingWebhook]: "/api/v2/outgoing-webhooks",
  [betterStackTypes.incomingWebhook]: "/api/v2/incoming-webhooks",
  [betterStackTypes.statusPage]: pages,
  [betterStackTypes.statusPageSection]: `${pages}/:page/sections`,
  [betterStackTypes.statusPageResource]: `${pages}/:page/resources`,
};
const collectionOf = (type: string, inputs: Properties): string => {
  const path = collections[type];
  if (path === undefined) throw new Error(`no path of ${type}`);
  return path.includes(":page") ? path.replace(":page", textIn(inputs, "statusPageId")) : path;
};

/** The paths of all that is there. */
export const inventoryOf = async ({ list }: TestBetterStack): Promise<readonly string[]> => {
  const shown = await list(pages);
  const paths = Object.values(collections).flatMap((path) =>
    path.includes(":page") ? shown.map(({ id }) => path.replace(":page", id)) : [path],
  );
  const found = await Promise.all(
    paths.map(async (path) => (await list(path)).map(({ id }) => `${path}/${id}`)),
  );
  return found.flat().sort();
};

/** The addresses of heartbeats and incoming webhooks. */
export const secretsOf = async ({ token, list }: TestBetterStack): Promise<readonly string[]> => {
  const all = await Promise.all(["/api/v2/heartbeats", "/api/v2/incoming-webhooks"].map(list));
  return [token, ...all.flat().map(({ attributes }) => String(attributes["url"]))];
};

/** How a user names what is to be imported. */
const importIdOf = (inputs: Properties): string => {
  const key = ["name", "subdomain", "publicName"].find((property) => property in inputs) ?? "name";
  const parent = "statusPageId" in inputs ? `${textIn(inputs, "statusPageId")}/` : "";
  return `${parent}${textIn(inputs, key)}`;
};

const nameOf = (type: string): string => type.replace(/.*:/, "");

/** The first of several rows is deleted by hand, the last one changed as the case tells. */
const rowsOf = (service: TestBetterStack, tag: string, of: KindCase): readonly SuiteRow[] => {
  const { type, outside: byHand } = of;
  const options = { name: nameOf(type), tag, unlike: ["name", "subdomain", "publicName"], most: 6 };
  return caseRows(of, options).map(({ isLast, isTold, ...row }, index): SuiteRow => {
    const last = row.changes.reduce<Properties>(
      (inputs, { property, value }) => ({ ...inputs, [property]: value }),
      row.inputs,
    );
    const must = async (method: string, id: string, body?: object): Promise<void> => {
      const { status, body: answer } = await service.call(method, `${collectionOf(type, last)}/${id}`, body);
      if (status >= 300) throw new Error(`${method} ${row.name} by hand: ${JSON.stringify(answer)}`);
    };
    const changed: OutsideChange = {
      act: (id) => must("PATCH", id, { [byHand.attribute]: byHand.value }),
      shows: [byHand.property],
    };
    const deleted: OutsideChange = { act: (id) => must("DELETE", id), shows: "gone" };
    return {
      ...row,
      ...(isTold && { importId: importIdOf(row.inputs) }),
      ...(isLast ? { outside: changed } : index === 0 && { outside: deleted }),
    };
  });
};

/** What the cases leave out: what changes along with another property, and what a change by hand may take away. */
const others = ({ references, call }: TestBetterStack, tag: string): readonly SuiteRow[] => [
  {
    name: "moving resource",
    type: betterStackTypes.statusPageResource,
    inputs: {
      statusPageId: references.pages[0],
      resourceId: references.monitors[0],
      resourceType: "Monitor",
      publicName: `moving-${tag}`,
    },
    changes: [
      {
        property: "resourceType",
        value: "MonitorGroup",
        also: { resourceId: references.groups[0] },
        replaces: true,
      },
      { property: "statusPageId", value: references.pages[1], replaces: true },
    ],
  },
  {
    name: "emptied policy",
    type: betterStackTypes.escalationPolicy,
    inputs: {
      name: `emptied-${tag}`,
      steps: [
        { type: "escalation", waitBefore: "0s", stepMembers: [{ type: "entire_team" }] },
        { type: "instructions", comment: "Read the runbook." },
      ],
    },
    changes: [],
    outside: {
      act: async (id) => {
        await call("PATCH", `/api/v3/policies/${id}`, { steps: [] });
      },
      shows: ["steps[0]", "steps[1]"],
    },
  },
];

/** Every kind at Better Stack, by the cases that the unit tests go by, too. */
export const betterStackRows = (service: TestBetterStack, tag: string): readonly SuiteRow[] => [
  ...kindCases(service.references).flatMap((of) => rowsOf(service, tag, of)),
  ...others(service, tag),
];

import { uptimeRobotTypes } from "../../../infra/model/uptimerobot";
import { caseRows, textIn } from "../../support/case-rows";
import type { OutsideChange, SuiteRow } from "../../support/resource-suite";
import { kindCases, type KindCase } from "../../support/uptimerobot-cases";
import type { TestUptimeRobot } from "../../support/uptimerobot-sandbox";

const paths = ["/monitors", "/integrations", "/maintenance-windows", "/psps"] as const;

/** The paths of all that is there. */
export const inventoryOf = async ({ list }: TestUptimeRobot): Promise<readonly string[]> => {
  const found = await Promise.all(
    paths.map(async (path) => (await list(path)).map(({ id }) => `${path}/${String(id)}`)),
  );
  return found.flat().sort();
};

/** The addresses of heartbeats, and what they end with. */
export const secretsOf = async ({ token, list }: TestUptimeRobot): Promise<readonly string[]> => {
  const beats = (await list("/monitors")).filter(({ type }) => type === "HEARTBEAT");
  return [token, ...beats.flatMap(({ url }) => [String(url), String(url).split("/").at(-1) ?? ""])];
};

/** The first of several rows is deleted by hand, the last one changed as the case tells. */
const rowsOf = (service: TestUptimeRobot, tag: string, of: KindCase): readonly SuiteRow[] => {
  const { type, path, title, outside: byHand } = of;
  // Of integrations there is one for each address.
  const unlike = ["name", "customDomain", ...(type === uptimeRobotTypes.integration ? ["url"] : [])];
  const name = title.replace(/^an? /, "");
  return caseRows(of, { name, tag, unlike, most: 5 }).map(({ isLast, isTold, ...row }, index): SuiteRow => {
    const must = async (method: string, id: string, body?: object): Promise<void> => {
      const { status, body: answer } = await service.call(method, `${path}/${id}`, body);
      if (status >= 300) throw new Error(`${method} ${row.name} by hand: ${JSON.stringify(answer)}`);
    };
    const changed: OutsideChange = {
      act: (id) => must("PATCH", id, byHand.body),
      shows: [byHand.property],
    };
    const deleted: OutsideChange = { act: (id) => must("DELETE", id), shows: "gone" };
    return {
      ...row,
      ...(isTold && { importId: textIn(row.inputs, "name") }),
      ...(isLast ? { outside: changed } : index === 0 && { outside: deleted }),
    };
  });
};

/** What the cases leave out, because another property has to change along, or because it makes a new resource. */
const others = (tag: string): readonly SuiteRow[] => [
  {
    name: "form instead of JSON",
    type: uptimeRobotTypes.monitor,
    inputs: {
      name: `shop: form instead of JSON-${tag}`,
      type: "HTTP",
      url: "http://127.0.0.1:9/order",
      interval: "5m",
      postValueType: "RAW_JSON",
      postValueData: '{"a":1}',
    },
    changes: [{ property: "postValueType", value: "KEY_VALUE", also: { postValueData: { a: "1" } } }],
  },
  {
    name: "webhook instead of Slack",
    type: uptimeRobotTypes.integration,
    inputs: {
      name: `#other-${tag}`,
      type: "Slack",
      url: `https://hooks.slack.example/robot-secret-7-${tag}`,
    },
    changes: [{ property: "type", value: "Webhook", replaces: true }],
    secrets: ["robot-secret-7"],
  },
  {
    name: "window of another interval",
    type: uptimeRobotTypes.maintenanceWindow,
    inputs: { name: `nightly-${tag}`, interval: "weekly", time: "02:00", duration: "1h", days: ["sun"] },
    changes: [
      { property: "interval", value: "monthly", also: { days: [1] } },
      { property: "interval", value: "daily", also: { days: undefined } },
    ],
  },
];

/** Every kind at UptimeRobot, by the cases that the unit tests go by, too. */
export const uptimeRobotRows = (service: TestUptimeRobot, tag: string): readonly SuiteRow[] => [
  ...kindCases(service.references).flatMap((of) => rowsOf(service, tag, of)),
  ...others(tag),
];

import type { Setting, Settings } from "../../render/toml-text";
import { minimumRests } from "../../render/toml-text";
import type { TomlNode, TomlTable } from "../document";
import { dataOf } from "../document";
import type { OwnedList, OwnedTable, Wanted } from "../owned-keys";
import { goMilliseconds } from "../values";
import type { ItemPlan, TablePlan, Want } from "./plan";
import { definedOnly, textOf } from "./plan";

const isTable = (value: Setting): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isWanted = (value: Setting): value is Wanted =>
  value !== undefined && value !== null && (typeof value !== "object" || Array.isArray(value));

/**
 * What must change in a table of the file so that it says what is declared: only owned keys, only where they differ
 * in meaning or are written in an old form.
 */
export const planTable = (table: TomlTable | undefined, declared: Settings, owned: OwnedTable): TablePlan => {
  const plan = new Map<string, Want>();
  for (const [key, rule] of Object.entries(owned.keys)) {
    const node = table?.entries.get(key)?.node;
    const wanted = declared[key];
    if (key === "headers") {
      const want = planHeaders(node, isTable(wanted) ? wanted : {});
      if (want !== undefined) plan.set(key, want);
    } else if (rule.kind === "value") {
      if (isWanted(wanted)) {
        if (node === undefined || !rule.same(node, wanted)) plan.set(key, { do: "set", value: wanted });
      } else if (node !== undefined && rule.undeclared !== "keep") {
        const isDefault = node.kind === "scalar" && node.value === rule.undeclared.removeUnless;
        if (!isDefault) plan.set(key, { do: "remove", because: "not declared" });
      }
    } else if (rule.kind === "table") {
      const want = planSubTable(key, node, isTable(wanted) ? wanted : undefined, rule.owned);
      if (want !== undefined) plan.set(key, want);
    } else {
      const want = planList(node, listOf(wanted), rule);
      if (want !== undefined) plan.set(key, want);
    }
  }
  planRemark(table, declared, plan);
  return plan;
};

const listOf = (value: Setting): readonly Settings[] =>
  Array.isArray(value) ? value.filter((item: Setting) => isTable(item)) : [];

/** The comment above a minimum that rests, and its going once it no longer does. */
const planRemark = (table: TomlTable | undefined, declared: Settings, plan: Map<string, Want>): void => {
  if (declared["min_machines_running"] === undefined) return;
  const remark = minimumRests(declared) ? "needed" : "gone";
  const want = plan.get("min_machines_running");
  if (want?.do === "set") plan.set("min_machines_running", { ...want, remark });
  else if (table?.entries.has("min_machines_running") === true) {
    plan.set("min_machines_running", { do: "remark", remark });
  }
};

const planSubTable = (
  key: string,
  node: TomlNode | undefined,
  declared: Settings | undefined,
  owned: OwnedTable,
): Want | undefined => {
  if (key === "concurrency" && node?.kind === "scalar") {
    const [soft, hard] = String(node.value).split(",").map(Number);
    const before = { type: "requests", soft_limit: soft, hard_limit: hard };
    return { do: "replace", data: declared ?? before };
  }
  const table = node?.kind === "list" ? node.items.find((item) => item.kind === "table") : node;
  if (declared === undefined && node?.kind !== "list") return undefined;
  const plan = planTable(table?.kind === "table" ? table : undefined, declared ?? {}, owned);
  return plan.size > 0 || (node?.kind === "list" && table !== undefined) ? { do: "table", plan } : undefined;
};

/** Declared headers are set, whatever their case; others stay. A list of name and value becomes a table. */
const planHeaders = (node: TomlNode | undefined, declared: Settings): Want | undefined => {
  const present = headersOf(node);
  const plan = new Map<string, Want>();
  for (const [name, value] of Object.entries(declared)) {
    const same = Object.keys(present).find((other) => other.toLowerCase() === name.toLowerCase());
    if (typeof value === "string" && (same === undefined || present[same] !== value)) {
      plan.set(same ?? name, { do: "set", value });
    }
  }
  if (node?.kind === "list" && (node.items.length > 0 || plan.size > 0)) {
    const changes = [...plan].flatMap(([name, want]) =>
      want.do === "set" ? [[name, want.value] as const] : [],
    );
    return { do: "replace", data: { ...present, ...Object.fromEntries(changes) } };
  }
  return plan.size === 0 ? undefined : { do: "table", plan };
};

const headersOf = (node: TomlNode | undefined): Record<string, Setting> => {
  if (node?.kind === "table") return dataOf(node) as Record<string, Setting>;
  if (node?.kind !== "list") return {};
  return Object.fromEntries(
    node.items.flatMap((item): [string, Setting][] => {
      const data = dataOf(item) as Record<string, Setting>;
      return typeof data["name"] === "string" ? [[data["name"], textOf(data["value"])]] : [];
    }),
  );
};

const identity = (value: unknown): string => {
  const text = String(value);
  return String(goMilliseconds(text) ?? text);
};

/**
 * Pairs the file's entries with the declared ones: those that say the same by `by`, then what is left, in order.
 * What no declared entry takes is removed; a range of ports cannot be declared, so it stays.
 */
const planList = (
  node: TomlNode | undefined,
  declared: readonly Settings[],
  rule: OwnedList,
): Want | undefined => {
  const present = (node?.kind === "table" ? [node] : node?.kind === "list" ? node.items : []).filter(
    (item) => item.kind === "table",
  );
  const keptForeign = present.filter((item) => item.entries.has("start_port"));
  const free = new Set(present.filter((item) => !keptForeign.includes(item)));
  const pairs = new Map<Settings, TomlTable>();
  const pair = (wanted: Settings, table: TomlTable | undefined): void => {
    if (table === undefined) return;
    pairs.set(wanted, table);
    free.delete(table);
  };
  const alike = (wanted: Settings): TomlTable[] =>
    [...free].filter((item) => {
      const found = item.entries.get(rule.by)?.node;
      return found !== undefined && identity(dataOf(found)) === identity(wanted[rule.by]);
    });
  // Of several with one path those that need no change stay with theirs.
  for (const wanted of declared) {
    pair(
      wanted,
      alike(wanted).find((item) => planTable(item, wanted, rule.owned).size === 0),
    );
  }
  for (const wanted of declared) if (!pairs.has(wanted)) pair(wanted, alike(wanted)[0]);
  // Ports are told apart by their number alone; a check whose path changed is still that check.
  if (rule.by !== "port") {
    for (const wanted of declared) if (!pairs.has(wanted)) pair(wanted, [...free][0]);
  }
  const byTable = new Map([...pairs].map(([wanted, table]) => [table, wanted]));
  const items: ItemPlan[] = [
    ...present.flatMap((table): ItemPlan[] => {
      const wanted = byTable.get(table);
      if (wanted !== undefined) return [{ existing: table, plan: planTable(table, wanted, rule.owned) }];
      return keptForeign.includes(table) ? [{ existing: table, plan: new Map() }] : [];
    }),
    ...declared
      .filter((wanted) => !pairs.has(wanted))
      .map((wanted): ItemPlan => ({ existing: undefined, data: definedOnly(wanted) as Settings })),
  ];
  return listWant(node, items, "not declared");
};

/** Undefined where the list stays as it is. */
export const listWant = (
  node: TomlNode | undefined,
  items: readonly ItemPlan[],
  because: string,
): Want | undefined => {
  const count = node?.kind === "list" ? node.items.length : node === undefined ? 0 : -1;
  const changes = items.some((item) => item.existing === undefined || item.plan.size > 0);
  const reshaped = count !== items.length;
  return reshaped || changes ? { do: "list", items, because, reshaped } : undefined;
};

import type { Setting, Settings } from "../../render/toml-text";
import { flyTomlBody } from "../../render/toml-text";
import { dataOf, parseDocument } from "../document";
import type { FlyFile, ServiceView } from "../fly-file";
import { ownedHttpService, ownedService } from "../owned-keys";
import { tableAt, tablesAt } from "../values";
import type { ItemPlan, Want } from "./plan";
import { applied, definedOnly } from "./plan";
import type { Groups } from "./plan-sections";
import { groupsOf, isOurs, targeted } from "./plan-sections";
import { listWant, planTable } from "./plan-table";

type Data = Record<string, Setting>;
const listIn = (data: Data, key: string): Data[] => {
  const value = data[key];
  if (Array.isArray(value)) return value as Data[];
  return typeof value === "object" && value !== null ? [value as Data] : [];
};

/** How much two services speak for being the same one. */
const likeness = (view: ServiceView, settings: Settings, groups: Groups): number => {
  const ports = listIn(settings, "ports").map(({ port }) => Number(port));
  const sameInternal = view.internalPort === settings["internal_port"];
  const samePublic = view.publicPorts.some((port) => ports.includes(port));
  const sameGroup =
    view.processes === undefined
      ? groups.file.processes.length === 0 || groupsOf(settings).includes(groups.file.defaultGroup)
      : groupsOf(settings).some((group) => view.processes?.includes(group));
  return (sameInternal ? 4 : 0) + (sameGroup ? 3 : 0) + (samePublic ? 2 : 0);
};

/** The most alike first; a pair that shares nothing but the group is still one where nothing else is left. */
const pairsOf = (
  views: readonly ServiceView[],
  declared: readonly Settings[],
  groups: Groups,
): ReadonlyMap<ServiceView, Settings> => {
  const candidates = views
    .flatMap((view) =>
      declared.map((settings) => ({ view, settings, likeness: likeness(view, settings, groups) })),
    )
    .filter((pair) => pair.likeness > 0)
    .sort((a, b) => b.likeness - a.likeness);
  const pairs = new Map<ServiceView, Settings>();
  for (const { view, settings } of candidates) {
    if (!pairs.has(view) && ![...pairs.values()].includes(settings)) pairs.set(view, settings);
  }
  return pairs;
};

/** What a [[services]] entry says besides its owned keys, in the words of [http_service]. */
const asHttpService = (data: Data): Data => {
  const { tcp_checks: _, http_checks, ports: __, protocol: ___, ...rest } = data;
  const ports = listIn(data, "ports");
  const option = (key: string): Setting => ports.find((port) => port[key] !== undefined)?.[key];
  return {
    ...rest,
    tls_options: option("tls_options"),
    http_options: option("http_options"),
    checks: http_checks,
  };
};

/** What [http_service] says besides its owned keys, in the words of a [[services]] entry. */
const asService = (data: Data, declared: Settings): Data => {
  const { checks, force_https: _, tls_options, http_options, ...rest } = data;
  const ports = listIn(declared, "ports").map((port): Data => {
    const handlers = Array.isArray(port["handlers"]) ? port["handlers"].map(String) : [];
    return {
      port: port["port"],
      tls_options: handlers.includes("tls") ? tls_options : undefined,
      http_options: handlers.includes("http") ? http_options : undefined,
    };
  });
  return { ...rest, ports, http_checks: checks };
};

/** `settings` laid over what another kind of service said: its foreign keys come along. */
const carriedOver = (data: Data, settings: Settings, section: "http_service" | "services"): Settings => {
  const isHttp = section === "http_service";
  const before = definedOnly(data) as Data;
  const { root } = parseDocument(flyTomlBody({ [section]: isHttp ? before : [before] }));
  const table = isHttp ? tableAt(root, section) : tablesAt(root, section)[0];
  if (table === undefined) return settings;
  return applied(table, planTable(table, settings, isHttp ? ownedHttpService : ownedService)) as Settings;
};

/** Changes to [http_service] and [[services]]. */
export const planServices = (file: FlyFile, settings: Settings, groups: Groups): Map<string, Want> => {
  const plan = new Map<string, Want>();
  const wantedHttp = settings["http_service"] as Settings | undefined;
  const wanted = listIn(settings, "services");
  const http = file.services.find(({ kind }) => kind === "http_service");
  const views = file.services.filter(({ kind }) => kind === "services");
  const ours = views.filter((view) => view.table.entries.size > 0 && isOurs(view, groups));
  const pairs = new Map(pairsOf(ours, wanted, groups));
  const unpaired = wanted.filter((each) => ![...pairs.values()].includes(each));

  if (wantedHttp !== undefined) {
    if (http !== undefined) {
      // There is one [http_service] only: it goes to the declared group, whoever had it.
      const changes = planTable(http.table, targeted(wantedHttp, http, groups), ownedHttpService);
      if (changes.size > 0 || http.entry.node.kind === "list") {
        plan.set("http_service", { do: "table", plan: changes });
      }
    } else {
      const former = ours
        .filter((view) => !pairs.has(view))
        .map((view) => ({ view, likeness: likeness(view, { ...wantedHttp, ports: webPorts }, groups) }))
        .filter(
          ({ view, likeness: like }) =>
            like > 2 && view.publicPorts.some((port) => port === 80 || port === 443),
        )
        .sort((a, b) => b.likeness - a.likeness)[0]?.view;
      const data = targeted(wantedHttp, former, groups);
      plan.set("http_service", {
        do: "replace",
        near: former?.table,
        data:
          former === undefined
            ? data
            : carriedOver(asHttpService(dataOf(former.table) as Data), data, "http_service"),
      });
    }
  } else if (http !== undefined && isOurs(http, groups)) {
    plan.set("http_service", { do: "remove", because: "the declaration has no service of that kind" });
  }

  const items: ItemPlan[] = [
    ...views.flatMap((view): ItemPlan[] => {
      const pair = pairs.get(view);
      if (pair !== undefined) {
        return [
          { existing: view.table, plan: planTable(view.table, targeted(pair, view, groups), ownedService) },
        ];
      }
      if (isOurs(view, groups)) return [];
      // Not the declaration's; but flyctl refuses a service that names no group where there are several.
      return [
        {
          existing: view.table,
          plan:
            view.processes === undefined && file.processes.length > 0
              ? new Map<string, Want>([["processes", { do: "set", value: [file.defaultGroup] }]])
              : new Map<string, Want>(),
        },
      ];
    }),
    ...unpaired.map((each): ItemPlan => {
      const former =
        http !== undefined && wantedHttp === undefined && http.internalPort === each["internal_port"]
          ? http
          : undefined;
      const data = targeted(each, former, groups);
      return {
        existing: undefined,
        data: definedOnly(
          former === undefined
            ? data
            : carriedOver(asService(dataOf(former.table) as Data, each), data, "services"),
        ) as Settings,
      };
    }),
  ];
  const want = listWant(file.root.entries.get("services")?.node, items, "no declared service is like it");
  if (want !== undefined) plan.set("services", want);
  return plan;
};

const webPorts = [{ port: 80 }, { port: 443 }];

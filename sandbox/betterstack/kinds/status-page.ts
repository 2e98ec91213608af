import { filled, filledText, flag, integer, nullable, oneOf, text } from "../../monitoring/fields";
import { teamName, type KindName } from "../account";
import { refersTo, type Kind, type Mistakes } from "./kind";
import { teamField } from "./notifying";
import { railsTimeZone } from "./time-zones";

/** A public status page. */
export interface StatusPage {
  readonly team_name: string;
  readonly company_name: string;
  readonly company_url: string;
  readonly contact_url: string | null;
  readonly logo_url: string | null;
  readonly timezone: string;
  readonly subdomain: string;
  readonly custom_domain: string | null;
  readonly min_incident_length: number | null;
  readonly subscribable: boolean;
  readonly hide_from_search_engines: boolean;
  readonly custom_css: string | null;
  readonly custom_javascript: string | null;
  readonly google_analytics_id: string | null;
  readonly announcement: string | null;
  readonly announcement_embed_visible: boolean;
  readonly announcement_embed_link: string | null;
  readonly announcement_embed_custom_css: string | null;
  readonly password_enabled: boolean;
  /** Never answered. */
  readonly password: string | null;
  /** Days. */
  readonly history: number;
  readonly automatic_reports: boolean;
  readonly status_page_group_id: number | null;
  readonly design: "v1" | "v2";
  readonly theme: "light" | "dark" | "system";
  readonly layout: "vertical" | "horizontal";
}

const timestamps = ({ createdAt, updatedAt }: { createdAt: number; updatedAt: number }): object => ({
  created_at: new Date(createdAt).toISOString(),
  updated_at: new Date(updatedAt).toISOString(),
});

export const statusPageKind: Kind<"status-pages"> = {
  name: "status-pages",
  path: "/api/v2/status-pages",
  type: "status_page",
  fields: {
    team_name: teamField(teamName),
    company_name: filledText(),
    company_url: filledText(),
    contact_url: nullable(text()),
    logo_url: nullable(text()),
    timezone: railsTimeZone(),
    subdomain: filledText(),
    custom_domain: nullable(text()),
    min_incident_length: nullable(integer({ min: 0 })),
    subscribable: flag(false),
    hide_from_search_engines: flag(false),
    custom_css: nullable(text()),
    custom_javascript: nullable(text()),
    google_analytics_id: nullable(text()),
    announcement: nullable(text()),
    announcement_embed_visible: flag(false),
    announcement_embed_link: nullable(text()),
    announcement_embed_custom_css: nullable(text()),
    password_enabled: flag(false),
    password: nullable(text()),
    history: integer({ min: 7, max: 365 }, 90),
    automatic_reports: flag(false),
    status_page_group_id: nullable(integer()),
    design: oneOf(["v1", "v2"], "v1"),
    theme: oneOf(["light", "dark", "system"], "light"),
    layout: oneOf(["vertical", "horizontal"], "vertical"),
  },
  check: (page, { account }, itself) => {
    const mistakes: Mistakes = {};
    if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(page.subdomain)) mistakes.subdomain = ["is invalid"];
    if (
      account
        .in("status-pages")
        .list()
        .some(({ id, attributes }) => id !== itself && attributes.subdomain === page.subdomain)
    )
      mistakes.subdomain = ["has already been taken"];
    if (!/^https?:\/\/[^\s/]+/i.test(page.company_url)) mistakes.company_url = ["is invalid"];
    if (page.password_enabled && (page.password ?? "") === "") mistakes.password = ["can't be blank"];
    return mistakes;
  },
  // An empty password turns the protection off.
  settle: (page) => ((page.password ?? "") === "" ? { ...page, password_enabled: false } : page),
  shown: (entry, { account, runtime }) => {
    const { password: _, ...attributes } = entry.attributes;
    const down = account
      .in("status-page-resources")
      .list()
      .some(
        ({ parent, attributes: resource }) =>
          parent === entry.id &&
          ((resource.resource_type === "Monitor" &&
            runtime.monitor(resource.resource_id).status === "down") ||
            (resource.resource_type === "Heartbeat" &&
              runtime.heartbeat(resource.resource_id).status === "down")),
      );
    return { ...attributes, aggregate_state: down ? "downtime" : "operational", ...timestamps(entry) };
  },
  removed: ({ id }, { account }) => {
    for (const name of ["status-page-resources", "status-page-sections"] as const)
      account
        .in(name)
        .list()
        .forEach((part) => {
          if (part.parent === id) account.remove(name, part.id);
        });
  },
};

/** A heading of a status page. */
export interface StatusPageSection {
  readonly name: string;
  readonly position: number;
}

export const statusPageSectionKind: Kind<"status-page-sections"> = {
  name: "status-page-sections",
  parent: "status-pages",
  path: "/api/v2/status-pages/:parent/sections",
  type: "status_page_section",
  fields: { name: filledText(), position: integer({ min: 0 }, 0) },
  shown: (entry) => ({ ...entry.attributes, status_page_id: entry.parent, ...timestamps(entry) }),
  removed: ({ id }, { account }) => {
    account
      .in("status-page-resources")
      .list()
      .forEach((resource) => {
        if (resource.attributes.status_page_section_id === id)
          account.remove("status-page-resources", resource.id);
      });
  },
};

const resourceTypes = [
  "Monitor",
  "MonitorGroup",
  "Heartbeat",
  "HeartbeatGroup",
  "WebhookIntegration",
  "EmailIntegration",
  "IncomingWebhook",
  "ResourceGroup",
  "LogsChart",
  "CatalogReference",
] as const;
const keptIn: Partial<Record<(typeof resourceTypes)[number], KindName>> = {
  Monitor: "monitors",
  MonitorGroup: "monitor-groups",
  Heartbeat: "heartbeats",
  HeartbeatGroup: "heartbeat-groups",
  IncomingWebhook: "incoming-webhooks",
};

/** Something that a status page shows. */
export interface StatusPageResource {
  readonly status_page_section_id: number | null;
  readonly resource_id: number;
  readonly resource_type: (typeof resourceTypes)[number];
  readonly public_name: string;
  readonly explanation: string;
  readonly history: boolean;
  readonly widget_type: "plain" | "history" | "intraday_history" | "response_times";
  readonly position: number;
  readonly fixed_position: boolean;
  readonly mark_as_down_for: "no_incident" | "any_incident" | "incident_matching_metadata";
  readonly mark_as_degraded_for: "no_incident" | "any_incident" | "incident_matching_metadata";
}

const markings = ["no_incident", "any_incident", "incident_matching_metadata"] as const;

export const statusPageResourceKind: Kind<"status-page-resources"> = {
  name: "status-page-resources",
  parent: "status-pages",
  path: "/api/v2/status-pages/:parent/resources",
  type: "status_page_resource",
  fields: {
    status_page_section_id: nullable(integer()),
    resource_id: integer(),
    resource_type: oneOf(resourceTypes),
    public_name: filledText(),
    explanation: text(""),
    history: flag(true),
    widget_type: filled(oneOf(["plain", "history", "intraday_history", "response_times"]), ({ history }) =>
      history === false ? "plain" : "history",
    ),
    position: integer({ min: 0 }, 0),
    fixed_position: flag(false),
    mark_as_down_for: oneOf(markings, "any_incident"),
    mark_as_degraded_for: oneOf(markings, "no_incident"),
  },
  check: (resource, context) => {
    const mistakes: Mistakes = {};
    const kept = keptIn[resource.resource_type];
    if (kept !== undefined && !refersTo(context, kept, resource.resource_id))
      mistakes.resource = ["doesn't exist"];
    if (!refersTo(context, "status-page-sections", resource.status_page_section_id))
      mistakes.status_page_section = ["doesn't exist"];
    return mistakes;
  },
  shown: ({ createdAt, updatedAt, attributes: { fixed_position: _, ...attributes } }, { runtime }) => {
    const { resource_id: of, resource_type: type } = attributes;
    const { availability, status } = runtime.publicState(type, of);
    return {
      ...attributes,
      availability,
      status,
      status_history: [],
      ...timestamps({ createdAt, updatedAt }),
    };
  },
};

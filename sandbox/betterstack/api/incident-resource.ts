import { teamName } from "../account";
import { statusOf, type Incident } from "../engine/incidents";
import type { Resource } from "./answers";

const moment = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString();

/** An incident as v3 answers it. */
export const incidentResource = (incident: Incident, metadata: object = {}): Resource => ({
  id: String(incident.id),
  type: "incident",
  attributes: {
    name: incident.name,
    url: incident.url,
    http_method: null,
    cause: incident.cause,
    incident_group_id: null,
    started_at: moment(incident.startedAt),
    acknowledged_at: moment(incident.acknowledgedAt),
    acknowledged_by: incident.acknowledgedBy ?? null,
    resolved_at: moment(incident.resolvedAt),
    resolved_by: incident.resolvedBy ?? null,
    status: statusOf(incident),
    team_name: teamName,
    response_content: incident.response,
    response_options: null,
    regions: null,
    response_url: null,
    screenshot_url: null,
    origin_url: null,
    escalation_policy_id: incident.policyId,
    ssl_certificate_expires_at: null,
    domain_expires_at: null,
    critical_alert: incident.ways.critical_alert,
    call: incident.ways.call,
    sms: incident.ways.sms,
    email: incident.ways.email,
    push: incident.ways.push,
    metadata,
  },
  relationships:
    incident.origin.kind === "manual"
      ? {}
      : {
          [incident.origin.kind.replace("-", "_")]: {
            data: { id: String(incident.origin.id), type: incident.origin.kind.replace("-", "_") },
          },
        },
});

import type { Api, CallContext } from "../../monitoring/api";
import { flag, nullable, integer, readFields, text, filledText } from "../../monitoring/fields";
import { teamName } from "../account";
import type { Escalations } from "../engine/escalation";
import { isAbout, statusOf, type Incident, type IncidentBook } from "../engine/incidents";
import type { KindContext } from "../kinds/kind";
import type { StepMember } from "../kinds/policy";
import { badRequest, conflict, incidentPageSizes, notFound, page, unprocessable } from "./answers";
import { incidentResource } from "./incident-resource";

/** What opens an incident by hand. */
const newIncident = {
  requester_email: text(),
  name: nullable(text()),
  summary: filledText(),
  description: nullable(text()),
  call: flag(false),
  sms: flag(false),
  email: flag(true),
  push: flag(true),
  critical_alert: flag(false),
  team_wait: nullable(integer({ min: 0 })),
  policy_id: nullable(text()),
};

const words = (value: unknown, otherwise: string): string =>
  typeof value === "string" && value !== "" ? value : otherwise;

/** Incidents, which v2 answers at its old address, too. */
export const incidentRoutes = (
  api: Api,
  context: KindContext,
  incidents: IncidentBook,
  escalations: Escalations,
): void => {
  const { account } = context;
  const metadata = (id: number): object =>
    Object.fromEntries(
      account
        .in("metadata")
        .list()
        .filter(({ attributes }) => attributes.owner_type === "Incident")
        .filter(({ attributes }) => attributes.owner_id === String(id))
        .map(({ attributes }) => [attributes.key, attributes.values]),
    );
  const resource = (incident: Incident): object => incidentResource(incident, metadata(incident.id));
  const found = ({ id }: CallContext, lag = 0): Incident => {
    const incident = incidents.all.get(id, lag);
    if (incident === undefined) throw notFound();
    return incident;
  };
  const answer = ({ c, id }: CallContext, incident: Incident | undefined, otherwise: string): Response => {
    if (incident === undefined) throw conflict(otherwise);
    return c.json({ data: resource(incidents.all.get(id) ?? incident) });
  };

  const list = ({ c, lag }: CallContext): Response => {
    const asked = new URL(c.req.url);
    const query = asked.searchParams;
    const instant = (name: string): number | undefined => {
      const given = query.get(name);
      if (given === null) return undefined;
      const at = Date.parse(given);
      if (Number.isNaN(at)) throw badRequest("The date range is invalid");
      return at;
    };
    // A day without a time means all of it.
    const dayLong = /^\d{4}-\d{2}-\d{2}$/.test(query.get("to") ?? "") ? 86_400_000 : 0;
    const [from, to] = [instant("from"), instant("to")];
    const truth = (name: string): boolean | undefined => {
      const given = query.get(name);
      return given === null ? undefined : given === "true";
    };
    const [resolved, acknowledged] = [truth("resolved"), truth("acknowledged")];
    const about =
      (parameter: string, kind: "monitor" | "heartbeat") =>
      ({ origin }: Incident): boolean => {
        const given = query.get(parameter);
        return given === null || isAbout(origin, kind, Number(given));
      };
    const matching = incidents.all
      .list(lag)
      .filter(({ startedAt }) => from === undefined || startedAt >= from)
      .filter(({ startedAt }) => to === undefined || startedAt <= to + dayLong)
      .filter((one) => resolved === undefined || (one.resolvedAt !== undefined) === resolved)
      .filter((one) => acknowledged === undefined || (one.acknowledgedAt !== undefined) === acknowledged)
      .filter(about("monitor_id", "monitor"))
      .filter(about("heartbeat_id", "heartbeat"))
      .filter(() => (query.get("team_name") ?? teamName) === teamName);
    const all = matching.toReversed().map((one) => incidentResource(one, metadata(one.id)));
    return c.json(page(all, asked, incidentPageSizes));
  };

  const create = (call: CallContext): Response => {
    const { attributes, mistakes, ignored } = readFields<{
      readonly requester_email: string;
      readonly name: string | null;
      readonly summary: string;
      readonly description: string | null;
      readonly call: boolean;
      readonly sms: boolean;
      readonly email: boolean;
      readonly push: boolean;
      readonly critical_alert: boolean;
      readonly team_wait: number | null;
      readonly policy_id: string | null;
    }>(newIncident, call.body);
    call.passedOver(ignored);
    if (Object.keys(mistakes).length > 0) throw unprocessable(mistakes);
    const policy = attributes.policy_id === null ? null : Number(attributes.policy_id);
    if (policy !== null && account.in("policies").get(policy) === undefined)
      throw unprocessable({ policy: ["doesn't exist"] });
    const incident = incidents.open({
      origin: { kind: "manual" },
      name: attributes.name ?? attributes.summary,
      url: null,
      cause: attributes.description ?? attributes.summary,
      policyId: policy,
      ways: attributes,
      teamWait: attributes.team_wait,
      response: null,
    });
    return call.c.json({ data: resource(incidents.all.get(incident.id) ?? incident) }, 201);
  };

  const escalate = (call: CallContext): Response => {
    const incident = found(call);
    if (statusOf(incident) === "Resolved") throw conflict("Cannot escalate a resolved incident.");
    const { body } = call;
    const id = (key: string): number => Number(body[key] ?? 0);
    const exists = (member: StepMember, known: boolean): StepMember => {
      if (!known) throw unprocessable({ base: [`${member.type} doesn't exist`] });
      return member;
    };
    const target = (): StepMember => {
      switch (body.escalation_type) {
        case "User": {
          const person = account.people.find(
            (candidate) => candidate.email === body.user_email || candidate.id === id("user_id"),
          );
          return exists({ type: "user", id: person?.id ?? 0 }, person !== undefined);
        }
        case "Schedule":
          return exists(
            { type: "current_on_call", id: id("schedule_id") },
            account.in("on-calls").get(id("schedule_id")) !== undefined,
          );
        case "Policy":
          return exists(
            { type: "policy", id: id("policy_id") },
            account.in("policies").get(id("policy_id")) !== undefined,
          );
        case "Team":
        case "Organization":
          return { type: "entire_team" };
        default:
          throw unprocessable({ escalation_type: ["is not included in the list"] });
      }
    };
    const to = target();
    incidents.note(incident.id, `Escalated to ${String(body.escalation_type)}`);
    escalations.escalate(incident, to);
    return call.c.json({ data: resource(incidents.all.get(incident.id) ?? incident) });
  };

  for (const base of ["/api/v3/incidents", "/api/v2/incidents"]) {
    api.route("GET", base, "incidents.list", list);
    api.route("POST", base, "incidents.create", create);
    api.route("GET", `${base}/:id`, "incidents.get", (call) =>
      call.c.json({ data: resource(found(call, call.lag)) }),
    );
    api.route("POST", `${base}/:id/acknowledge`, "incidents.acknowledge", (call) => {
      const state = statusOf(found(call));
      const by = words(call.body.acknowledged_by, "API");
      return answer(
        call,
        incidents.acknowledge(call.id, by),
        state === "Resolved" ? "Incident was already resolved" : "Incident was already acknowledged",
      );
    });
    api.route("POST", `${base}/:id/resolve`, "incidents.resolve", (call) => {
      found(call);
      const by = words(call.body.resolved_by, "API");
      return answer(call, incidents.resolve(call.id, by), "Incident was already resolved");
    });
    api.route("POST", `${base}/:id/escalate`, "incidents.escalate", escalate);
    api.route("DELETE", `${base}/:id`, "incidents.delete", (call) => {
      incidents.resolve(found(call).id, "removal");
      incidents.all.remove(call.id);
      return call.c.body(null, 204);
    });
  }
};

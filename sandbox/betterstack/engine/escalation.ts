import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceTime } from "../../monitoring/time";
import type { Account } from "../account";
import type { Ways } from "../kinds/notifying";
import { onCallNow } from "../kinds/on-call";
import type { Policy, Step, StepMember } from "../kinds/policy";
import { anyZone } from "../kinds/time-zones";
import { statusOf, type Incident, type IncidentBook } from "./incidents";
import { metadataOf, namesOf, valueMatches } from "./incident-metadata";
import { inMaintenance } from "./maintenance";
import type { NotifiedEvent, Notifier } from "./notify";

/** Policies that lead to each other end after so many. */
const deepest = 10;

/** Who has been told of an incident, and so hears of its end, too. */
interface Told {
  readonly people: Map<number, Ways>;
  readonly slack: Set<number>;
  readonly webhooks: Set<number>;
}

export interface Escalations {
  /** Goes on with somebody else, as the API's `escalate` asks. */
  escalate(incident: Incident, to: StepMember): void;
  stop(): void;
}

/** Tells of every incident: by its policy step by step, else who is on call and then the team. */
export const runEscalations = (
  account: Account,
  incidents: IncidentBook,
  notifier: Notifier,
  time: ServiceTime,
): Escalations => {
  const running = new Map<number, { readonly aborter: AbortController; readonly told: Told }>();

  const tellPerson = (incident: Incident, told: Told, id: number, ways: Ways): void => {
    const person = account.people.find((candidate) => candidate.id === id);
    if (person === undefined) return;
    told.people.set(id, ways);
    notifier.person(incident, person, ways, "started");
  };
  const tellSlack = (incident: Incident, told: Told, id: number): void => {
    told.slack.add(id);
    notifier.slack(incident, id, "started");
  };
  const tellWebhook = (incident: Incident, told: Told, id: number): void => {
    told.webhooks.add(id);
    notifier.webhook(incident, id, "started");
  };
  const onCall = (id: number | undefined): readonly number[] => {
    const calendars = account.in("on-calls").list();
    const calendar = calendars.find((entry) =>
      id === undefined ? entry.attributes.default_calendar : entry.id === id,
    );
    return calendar === undefined ? [] : onCallNow(account, calendar.attributes).map((person) => person.id);
  };

  /** What tells one member of a step; a policy goes on beside this one. */
  const tell = (incident: Incident, told: Told, member: StepMember, ways: Ways, depth: number): void => {
    const id = member.id == null ? undefined : Number(member.id);
    switch (member.type) {
      case "current_on_call":
        onCall(id).forEach((person) => {
          tellPerson(incident, told, person, ways);
        });
        return;
      case "entire_team":
        account.people.forEach((person) => {
          tellPerson(incident, told, person.id, ways);
        });
        return;
      case "user":
        tellPerson(incident, told, id ?? 0, ways);
        return;
      case "slack_integration":
        tellSlack(incident, told, id ?? 0);
        return;
      case "all_slack_integrations":
        account
          .in("slack-integrations")
          .list()
          .forEach((integration) => {
            tellSlack(incident, told, integration.id);
          });
        return;
      case "webhook":
        tellWebhook(incident, told, id ?? 0);
        return;
      case "all_webhook_integrations":
        account
          .in("outgoing-webhooks")
          .list()
          .forEach((webhook) => {
            if (webhook.attributes.trigger_type === "incident_change")
              tellWebhook(incident, told, webhook.id);
          });
        return;
      case "policy":
        void walk(incident.id, id ?? 0, told, depth + 1);
        return;
      case "incident_metadata":
        namesOf(account, metadataOf(account, incident, member.metadata_key ?? "")).forEach((named) => {
          tell(incident, told, named, ways, depth);
        });
        return;
      default:
        notifier.record(incident, "other", member.type, "started", incident.cause);
    }
  };

  const waysOf = (incident: Incident, step: Step): Ways => {
    const severity = step.urgency_id == null ? undefined : account.in("urgencies").get(step.urgency_id);
    return severity?.attributes ?? incident.ways;
  };
  /** Another policy that a branch leads to. */
  const branch = (incident: Incident, step: Step): number | undefined => {
    if (step.type === "time_branching") {
      const now = {
        maintenance_from: `${step.time_from ?? "00:00"}:00`,
        maintenance_to: `${step.time_to ?? "24:00"}:00`,
        maintenance_timezone: step.timezone ?? "UTC",
        maintenance_days: (step.days ?? []) as Parameters<typeof inMaintenance>[0]["maintenance_days"],
      };
      if (!inMaintenance(now)) return undefined;
    } else {
      const has = metadataOf(account, incident, step.metadata_key ?? "");
      if (!(step.metadata_values ?? []).some((value) => valueMatches(value, has))) return undefined;
    }
    if (step.policy_id != null) return step.policy_id;
    const named = namesOf(account, metadataOf(account, incident, step.policy_metadata_key ?? ""));
    return Number(named.find(({ type }) => type === "policy")?.id ?? 0) || undefined;
  };

  /** Milliseconds until a step's turn. */
  const waitOf = (step: Step): number => {
    if (step.wait_until_time == null) return time.ms(step.wait_before ?? 0);
    const zone = anyZone(step.wait_until_timezone ?? "UTC") ?? "UTC";
    const now = new Date();
    const wanted = step.wait_until_time;
    const minutes = (text: string): number => {
      const [hours = 0, rest = 0] = text.split(":").map(Number);
      return hours * 60 + rest;
    };
    const here = now.toLocaleTimeString("en-GB", { timeZone: zone, hour12: false });
    return time.ms(((minutes(wanted) - minutes(here) + 1_440) % 1_440) * 60);
  };

  /** Goes through a policy until somebody acknowledges: its steps, its repeats, then its fallback. */
  const walk = async (incidentId: number, policyId: number, told: Told, depth: number): Promise<void> => {
    const policy: Policy | undefined = account.in("policies").get(policyId)?.attributes;
    const signal = running.get(incidentId)?.aborter.signal;
    if (policy === undefined || signal === undefined || depth > deepest) return;
    const current = (): Incident | undefined => {
      const incident = incidents.all.get(incidentId);
      return incident !== undefined && statusOf(incident) === "Started" ? incident : undefined;
    };
    try {
      for (let round = 0; round <= policy.repeat_count; round += 1) {
        if (round > 0) await sleep(time.ms(policy.repeat_delay), undefined, { signal });
        for (const step of policy.steps) {
          if (step.type === "escalation") await sleep(waitOf(step), undefined, { signal });
          const incident = current();
          if (incident === undefined) return;
          if (step.type === "instructions")
            incidents.note(incidentId, `Instructions: ${step.instructions_comment ?? ""}`);
          else if (step.type === "escalation")
            step.step_members?.forEach((member) => {
              tell(incident, told, member, waysOf(incident, step), depth);
            });
          else {
            const next = branch(incident, step);
            if (next !== undefined) {
              await walk(incidentId, next, told, depth + 1);
              return;
            }
          }
        }
      }
      if (policy.fallback_policy_id !== null && current() !== undefined)
        await walk(incidentId, policy.fallback_policy_id, told, depth + 1);
    } catch {
      // Somebody acknowledged or resolved it, or the sandbox ends: the wait was cut short.
    }
  };

  /** Without a policy: who is on call and what hears alongside, then, after a while, the team. */
  const withoutPolicy = async (incident: Incident, told: Told, signal: AbortSignal): Promise<void> => {
    onCall(undefined).forEach((person) => {
      tellPerson(incident, told, person, incident.ways);
    });
    account
      .in("slack-integrations")
      .list()
      .forEach((integration) => {
        if (integration.attributes.notify_alongside_primary_responder)
          tellSlack(incident, told, integration.id);
      });
    account
      .in("outgoing-webhooks")
      .list()
      .forEach(({ id, attributes }) => {
        if (attributes.trigger_type === "incident_change" && attributes.notify_alongside_primary_responder)
          tellWebhook(incident, told, id);
      });
    if (incident.teamWait === null) return;
    await sleep(time.ms(incident.teamWait), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    account.people
      .filter(({ id }) => !told.people.has(id))
      .forEach(({ id }) => {
        tellPerson(incident, told, id, incident.ways);
      });
  };

  const start = (incident: Incident): void => {
    const aborter = new AbortController();
    const told: Told = { people: new Map(), slack: new Set(), webhooks: new Set() };
    running.set(incident.id, { aborter, told });
    void (incident.policyId === null
      ? withoutPolicy(incident, told, aborter.signal)
      : walk(incident.id, incident.policyId, told, 0));
  };
  const inform = (incident: Incident, event: Exclude<NotifiedEvent, "started">): void => {
    const run = running.get(incident.id);
    if (run === undefined) return;
    run.aborter.abort();
    run.told.people.forEach((ways, id) => {
      const person = account.people.find((candidate) => candidate.id === id);
      if (person !== undefined) notifier.person(incident, person, ways, event);
    });
    run.told.slack.forEach((id) => {
      notifier.slack(incident, id, event);
    });
    run.told.webhooks.forEach((id) => {
      notifier.webhook(incident, id, event);
    });
    if (event === "resolved") running.delete(incident.id);
  };
  incidents.watch((incident, event) => {
    if (event === "started") start(incident);
    else inform(incident, event);
  });

  return {
    escalate: (incident, to) => {
      const told = running.get(incident.id)?.told ?? {
        people: new Map(),
        slack: new Set(),
        webhooks: new Set(),
      };
      running.get(incident.id)?.aborter.abort();
      running.set(incident.id, { aborter: new AbortController(), told });
      tell(incident, told, to, incident.ways, 0);
    },
    stop: () => {
      running.forEach(({ aborter }) => {
        aborter.abort();
      });
    },
  };
};

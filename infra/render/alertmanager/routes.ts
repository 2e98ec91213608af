import type { Fleet } from "../../model/fleet";
import { limits } from "../../model/limits";
import type { Severity } from "../../model/severity";
import { severities } from "../../model/severity";
import type { Duration } from "../../model/units";
import { switchKind } from "../alerts/families/watchtower";
import type { Settings as Data } from "../toml-text";
import { given } from "./given";
import { isFirst, isProcedure, ladderOf } from "./ladder";
import { matcher } from "./matcher";
import { mutedOf } from "./mutes";
import type { Receiver } from "./receivers";
import {
  heartbeatReceiver,
  journalReceiver,
  mailReceiver,
  onCallReceiver,
  receiverNames,
  slackReceiver,
  stepReceiver,
} from "./receivers";
import { span } from "./span";

/** Alerts of one app are one message. */
const byApp = ["app"];

/**
 * What is one incident: it has a ladder, mails and an acknowledgement of its own. Its machines are one message; a step
 * is due when one of them has failed for so long.
 */
export const incidentLabels = ["app", "process_group", "alertname"] as const;

interface Branch {
  readonly receiver: Receiver;
  readonly groupBy: readonly string[];
  readonly wait: Duration;
  readonly interval: Duration;
  /** How often it is told again while it goes on. */
  readonly repeat: Duration;
}

const { groupWait, groupInterval, ladderInterval, repeatInterval, heartbeat } = limits.alerting;

/** Where the alerts of a severity go, all of these ways at the same time. */
const branchesOf = (fleet: Fleet, severity: Severity): Branch[] => {
  const { alerting, settings } = fleet;
  const route = alerting.routes[severity];
  const has = given(fleet);
  const at = {
    wait: groupWait[severity],
    interval: groupInterval[severity],
    repeat: repeatInterval[severity],
  };
  const steps = severity === "critical" ? ladderOf(alerting, settings) : [];
  const grouped = { ...at, groupBy: byApp };
  const sms: Branch[] =
    route.sms !== undefined && has.onCall
      ? [
          {
            ...at,
            groupBy: incidentLabels,
            // Whoever is on call is called again with the emergency procedure.
            repeat: steps.find(isProcedure)?.after ?? at.repeat,
            receiver: onCallReceiver(severity),
          },
        ]
      : [];
  const mail: Branch[] =
    severity === "critical"
      ? steps
          .filter((step) => isProcedure(step) || has.mail)
          .map((step) => ({
            receiver: stepReceiver(fleet, step),
            groupBy: incidentLabels,
            // Later steps wait on the very route that tells them: a step's clock runs for each incident.
            wait: isFirst(step) ? at.wait : step.after,
            interval: ladderInterval,
            repeat: at.repeat,
          }))
      : route.email.length > 0 && has.mail
        ? [{ ...grouped, receiver: mailReceiver(fleet, severity) }]
        : [];
  const journal: Branch[] =
    route.log === undefined ? [] : [{ ...grouped, receiver: journalReceiver(fleet, severity) }];
  return [{ ...grouped, receiver: slackReceiver(fleet, severity) }, ...sms, ...mail, ...journal];
};

/** Worst first: what people read from above. */
const worstFirst = severities.toReversed();

const severityRoutes = (fleet: Fleet, muted: readonly string[]): Data[] => {
  const { timeDivisor } = fleet.settings;
  return worstFirst.flatMap((severity) =>
    branchesOf(fleet, severity).map(({ receiver, groupBy, wait, interval, repeat }): Data => ({
      receiver: receiver.name,
      matchers: [matcher("severity", severity)],
      group_by: groupBy,
      group_wait: span(wait, timeDivisor),
      group_interval: span(interval, timeDivisor),
      repeat_interval: span(repeat, timeDivisor),
      ...(muted.length > 0 && { mute_time_intervals: muted }),
      continue: true,
    })),
  );
};

/** What no route knows, such as a severity mistyped in a rule of somebody else's, is heard like a warning. */
const fallback = receiverNames.slack("warning");

/** The tree that decides who hears of an alert. Times mute only the route they stand on, so what is muted has a tree of its own. */
export const routeTree = (fleet: Fleet): Data => {
  const { timeDivisor } = fleet.settings;
  return {
    receiver: fallback,
    group_by: byApp,
    group_wait: span(groupWait.warning, timeDivisor),
    group_interval: span(groupInterval.warning, timeDivisor),
    repeat_interval: span(repeatInterval.warning, timeDivisor),
    routes: [
      {
        receiver: given(fleet).heartbeat ? receiverNames.heartbeat : receiverNames.nobody,
        matchers: [matcher("alertname", switchKind.name)],
        group_by: ["alertname"],
        group_wait: "0s",
        group_interval: span(heartbeat.look, timeDivisor),
        repeat_interval: span(heartbeat.beat, timeDivisor),
      },
      ...mutedOf(fleet).map(({ matchers, intervals }) => ({
        matchers: matchers.map(([label, value]) => matcher(label, value)),
        routes: severityRoutes(fleet, intervals),
      })),
      ...severityRoutes(fleet, []),
    ],
  };
};

/** Everybody whom the tree names. */
export const receiversOf = (fleet: Fleet): Receiver[] => [
  given(fleet).heartbeat ? heartbeatReceiver : { name: receiverNames.nobody },
  ...worstFirst.flatMap((severity) => branchesOf(fleet, severity).map(({ receiver }) => receiver)),
];

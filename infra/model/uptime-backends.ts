import type { Alerting } from "./alerting";
import type { ResolvedApp } from "./app";
import { betterStackLimits, expirationWarnings, requestTimeouts } from "./betterstack";
import type { Diagnostic } from "./diagnostics";
import type { Settings } from "./settings";
import { stackFile } from "./settings";
import { thresholdOf } from "./signals";
import type { Duration } from "./units";
import { milliseconds } from "./units";
import type { Monitor } from "./uptime";
import type { UptimeBackend } from "./uptime-names";
import { backendTitles } from "./uptime-names";
import { uptimeRobotLimits } from "./uptimerobot";

/** UptimeRobot asks no sooner on its free plan. Source: facts on its plans, from third parties. */
const freeInterval = "5m";

/** A mistake in one field of a monitor, or of the app. */
interface Complaint {
  /** From the app: "uptime[0].interval". */
  readonly field: string;
  readonly value: unknown;
  readonly limit: string;
  readonly mend: string;
}

const shorter = (one: Duration, other: Duration): boolean => milliseconds(one) < milliseconds(other);

type Judge = (monitor: Monitor, app: ResolvedApp, settings: Settings) => Complaint[];

const complain =
  (field: string, value: unknown) =>
  (limit: string, mend: string): Complaint => ({ field, value, limit, mend });

const gatus: Judge = ({ regions }) =>
  regions === undefined
    ? []
    : [
        complain("regions", regions)(
          "no regions: Gatus watches from where it runs",
          "leave regions out, or choose another backend",
        ),
      ];

const tooOften = ({ interval }: Monitor, min: Duration, who: string): Complaint[] =>
  shorter(interval, min)
    ? [complain("interval", interval)(`${min} or more at ${who}`, `write interval: "${min}"`)]
    : [];

/** The API counts seconds. */
const wholeSeconds = (field: string, value: Duration | undefined): Complaint[] =>
  value === undefined || milliseconds(value) % 1_000 === 0
    ? []
    : [complain(field, value)("whole seconds at Better Stack", "round it")];

const betterStack: Judge = (monitor) => {
  const expiries = (["certificateExpiry", "domainExpiry"] as const).flatMap((field) => {
    const value = monitor[field];
    const isKnown =
      value === "off" || expirationWarnings.some((known) => milliseconds(known) === milliseconds(value));
    const options = expirationWarnings.join(", ");
    return isKnown
      ? []
      : [complain(field, value)(`one of ${options}, or "off", at Better Stack`, `choose one of ${options}`)];
  });
  const longest = requestTimeouts.http.values.at(-1) ?? "1m";
  const budget = monitor.kind === "poll" ? monitor.responseBudget : monitor.budget.critical;
  const field = monitor.kind === "poll" ? "responseBudget" : "budget.critical";
  const nested =
    monitor.kind === "poll"
      ? monitor.body.flatMap(({ path }, index) =>
          /[.[]/.test(path)
            ? [
                complain(`body[${index}].path`, path)(
                  "a field at the top of the answer: Better Stack looks for its text",
                  "use keyword, or another backend",
                ),
              ]
            : [],
        )
      : [];
  return [
    ...tooOften(monitor, betterStackLimits.checkFrequency.min, "Better Stack"),
    ...wholeSeconds("interval", monitor.interval),
    ...(monitor.kind === "poll"
      ? [...wholeSeconds("confirmation", monitor.confirmation), ...wholeSeconds("recovery", monitor.recovery)]
      : []),
    ...(budget !== undefined && shorter(longest, budget)
      ? [complain(field, budget)(`${longest} or less at Better Stack`, `write "${longest}"`)]
      : []),
    ...expiries,
    ...nested,
  ];
};

const dayOf = 24 * 60 * 60_000;

const uptimeRobot: Judge = (monitor, app, { uptimeRobotPlan, escalation }) => {
  const isFree = uptimeRobotPlan === "free";
  const poll = monitor.kind === "poll" ? monitor : undefined;
  const { min } = uptimeRobotLimits.interval;
  const minute = 60_000;
  const waits = (["warning", "critical"] as const).flatMap((severity) => {
    const threshold = poll && thresholdOf(app.thresholds, "healthCheck", severity);
    return threshold && milliseconds(threshold.for) % minute !== 0
      ? [
          complain(`thresholds.healthCheck.${severity}.for`, threshold.for)(
            "whole minutes at UptimeRobot",
            "round it to minutes",
          ),
        ]
      : [];
  });
  return [
    ...tooOften(monitor, isFree ? freeInterval : min, isFree ? "UptimeRobot's free plan" : "UptimeRobot"),
    ...(isFree && escalation === "ladder" && poll
      ? [
          complain("severity", monitor.kind === "poll" ? monitor.severity : undefined)(
            "no ladder on UptimeRobot's free plan: it tells everybody at once",
            'write escalation: "all-at-once" or flymon:uptimeRobotPlan: paid in the stack\'s file, or choose another backend',
          ),
        ]
      : []),
    ...(poll?.confirmation !== undefined && milliseconds(poll.confirmation) % minute !== 0
      ? [complain("confirmation", poll.confirmation)("whole minutes at UptimeRobot", "round it to minutes")]
      : []),
    ...(poll?.recovery !== undefined && milliseconds(poll.recovery) !== 0
      ? [
          complain("recovery", poll.recovery)(
            "no recovery period at UptimeRobot: one good answer ends an incident",
            'leave recovery out, or write "0s"',
          ),
        ]
      : []),
    ...(monitor.certificateExpiry !== "off" && milliseconds(monitor.certificateExpiry) % dayOf !== 0
      ? [
          complain("certificateExpiry", monitor.certificateExpiry)(
            "whole days at UptimeRobot",
            'write it as "14d"',
          ),
        ]
      : []),
    ...(poll && poll.body.length > uptimeRobotLimits.apiChecks
      ? [
          complain("body", poll.body)(
            `at most ${uptimeRobotLimits.apiChecks} conditions at UptimeRobot`,
            "make two monitors of it",
          ),
        ]
      : []),
    ...(poll && poll.body.length > 0 && poll.keyword
      ? [
          complain("keyword", poll.keyword)(
            "either a keyword or conditions on JSON at UptimeRobot",
            "make two monitors of it",
          ),
        ]
      : []),
    ...waits,
  ];
};

const judges: Readonly<Record<UptimeBackend, Judge>> = {
  gatus,
  betterstack: betterStack,
  uptimerobot: uptimeRobot,
};

/** Whether the stack's own file sets this field, or one above or below it. */
const isOverridden = ({ overridden }: Pick<ResolvedApp, "overridden">, field: string): boolean =>
  overridden.some((set) => field.startsWith(set) || set.startsWith(field));

const uptimeRobotHeartbeats = ({ heartbeats }: Pick<Alerting, "heartbeats">): readonly Complaint[] =>
  heartbeats.flatMap(({ period }, index) =>
    shorter(uptimeRobotLimits.heartbeatInterval.max, period)
      ? [
          complain(`heartbeats[${index}].period`, period)(
            `${uptimeRobotLimits.heartbeatInterval.max} or less at UptimeRobot`,
            "let it call more often",
          ),
        ]
      : [],
  );

const heartbeatMistakes = (
  alerting: Pick<Alerting, "heartbeats">,
  { uptimeBackend }: Settings,
  file: string,
): Diagnostic[] => {
  const least =
    uptimeBackend === "betterstack"
      ? betterStackLimits.heartbeatPeriod.min
      : uptimeRobotLimits.heartbeatInterval.min;
  if (uptimeBackend === "gatus") return [];
  return [
    ...alerting.heartbeats.flatMap(({ period }, index) =>
      shorter(period, least)
        ? [
            complain(`heartbeats[${index}].period`, period)(
              `${least} or more at ${backendTitles[uptimeBackend]}`,
              `write period: "${least}"`,
            ),
          ]
        : [],
    ),
    ...(uptimeBackend === "uptimerobot" ? uptimeRobotHeartbeats(alerting) : []),
  ].map((complaint) => ({ file, subject: "alerting", ...complaint }));
};

/** What is declared and the stack's backend of the outside watch cannot do, in the words of the declarations. */
export const uptimeMistakes = (
  apps: readonly ResolvedApp[],
  alerting: { readonly declaredIn: string; readonly value: Pick<Alerting, "heartbeats"> },
  settings: Settings,
): Diagnostic[] => [
  ...apps.flatMap((app) =>
    app.uptime.flatMap((monitor, index) =>
      judges[settings.uptimeBackend](monitor, app, settings).map(({ field: own, ...complaint }) => {
        const field = own.startsWith("thresholds.") ? own : `uptime[${index}].${own}`;
        return {
          file: isOverridden(app, field) ? stackFile(settings.stack) : app.declaredIn,
          subject: app.name,
          field,
          value: complaint.value,
          limit: complaint.limit,
          mend: complaint.mend,
        };
      }),
    ),
  ),
  ...heartbeatMistakes(alerting.value, settings, alerting.declaredIn),
];

import { userInfo } from "node:os";
import { didYouMean } from "../../infra/model/did-you-mean";
import type { Fleet } from "../../infra/model/fleet";
import { limits } from "../../infra/model/limits";
import { severities } from "../../infra/model/severity";
import type { Duration } from "../../infra/model/units";
import { isDuration, milliseconds } from "../../infra/model/units";
import { partUrl } from "../../infra/model/watchtower";
import { switchKind, watchtower } from "../../infra/render/alerts/families/watchtower";
import { alertKinds } from "../../infra/render/alerts/registry";
import type { Alertmanager, SilenceMatcher } from "../alertmanager/client";
import { alertmanagerAt } from "../alertmanager/client";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";

/** Which alerts are meant. */
export interface Target {
  readonly app: string;
  readonly alert?: string;
  readonly processGroup?: string;
  readonly severity?: string;
}

const wrong = (flag: string, value: string, words: string, near?: string): Failure =>
  new Failure(
    exitCodes.usage,
    `--${flag} ${JSON.stringify(value)}: ${words}${near === undefined ? "" : `; ${near}`}`,
  );

const known = (flag: string, value: string, options: readonly string[]): void => {
  if (options.includes(value)) return;
  throw wrong(flag, value, `choose one of ${options.join(", ")}`, didYouMean(value, options));
};

const equals = (name: string, value: string): SilenceMatcher => ({
  name,
  value,
  isRegex: false,
  isEqual: true,
});

/** Alerts of several process groups together carry all of their names: "web+worker". */
const ofGroup = (group: string): SilenceMatcher => ({
  name: "process_group",
  value: `(.+\\+)?${group.replaceAll(/[^\w-]/g, String.raw`\$&`)}(\\+.+)?`,
  isRegex: true,
  isEqual: true,
});

/** The matchers of what is meant; every name is checked, for a silence of nothing would tell nobody. */
export const matchersFor = (
  { apps }: Pick<Fleet, "apps">,
  { app, alert, processGroup, severity }: Target,
): SilenceMatcher[] => {
  known("app", app, [...apps.map(({ name }) => name), watchtower]);
  if (alert !== undefined)
    known(
      "alert",
      alert,
      alertKinds.map(({ name }) => name),
    );
  const groups = Object.keys(apps.find(({ name }) => name === app)?.processGroups ?? {});
  if (processGroup !== undefined && app !== watchtower) known("process-group", processGroup, groups);
  if (severity !== undefined) known("severity", severity, severities);
  return [
    equals("app", app),
    ...(alert === undefined ? [] : [equals("alertname", alert)]),
    ...(processGroup === undefined ? [] : [ofGroup(processGroup)]),
    ...(severity === undefined ? [] : [equals("severity", severity)]),
    // Without its beat the heartbeat outside alarms: whoever silences the watchtower does not mean that.
    ...(app === watchtower && alert === undefined
      ? [{ ...equals("alertname", switchKind.name), isEqual: false }]
      : []),
  ];
};

/** Reads a flag that is a duration within bounds. */
export const durationOf = (
  flag: string,
  text: string,
  { min, max }: { readonly min: Duration; readonly max: Duration },
): number => {
  if (!isDuration(text)) throw wrong(flag, text, 'write it with its unit, as "15m" or "2h"');
  const ms = milliseconds(text);
  if (ms >= milliseconds(min) && ms <= milliseconds(max)) return ms;
  throw wrong(
    flag,
    text,
    `it must be ${min} to ${max}; what is to be quiet for longer is an exclusion in infra/fleet/alerting.ts`,
  );
};

/** How long a silence may be. */
export const silenceBounds = limits.alerting.silence;

/** The Alertmanager of a stack, or the one that is given. */
export const reach = (
  { settings }: Pick<Fleet, "settings">,
  given: string | undefined,
  env: NodeJS.ProcessEnv,
): Alertmanager => {
  const own = settings.watchtower && partUrl(settings.watchtower.app, "alertmanager");
  const url = given ?? (env["FLYMON_ALERTMANAGER_URL"] || own);
  if (url === undefined) {
    throw new Failure(
      exitCodes.refused,
      `The stack ${settings.stack} has no watchtower, so nothing says where its Alertmanager is.\n    mend:    give --alertmanager or FLYMON_ALERTMANAGER_URL`,
    );
  }
  const parsed = URL.parse(url);
  if (
    parsed === null ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.username !== "" ||
    parsed.password !== ""
  ) {
    // Not quoted: it may hold a password.
    throw new Failure(
      exitCodes.usage,
      'The address of Alertmanager is not of the form "http://host:9093". A password stands in FLYMON_ALERTMANAGER_PASSWORD.',
    );
  }
  const user = env["FLYMON_ALERTMANAGER_USER"];
  const password = env["FLYMON_ALERTMANAGER_PASSWORD"];
  return alertmanagerAt({
    url,
    ...(user && { user }),
    ...(password && { password }),
  });
};

/** Who is asking: the CI's actor, else the user of this machine. */
export const askedBy = (given: string | undefined, env: NodeJS.ProcessEnv): string =>
  given ?? (env["GITHUB_ACTOR"] || userInfo().username);

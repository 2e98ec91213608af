import type { AlertRig } from "./alert-rig";
import type { Played } from "./alert-play";

interface Notification {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
}

/** The alerts that the on-call backend was called for, since a time in milliseconds. */
export const onCallNotices = async (rig: AlertRig, since = 0): Promise<readonly Notification[]> =>
  (await rig.client.inbox.calls("on-call", { after: since })).flatMap(
    ({ body }) => (JSON.parse(body) as { alerts: Notification[] }).alerts,
  );

/** Who should have heard of what was played and has not, a line each. */
export const notReached = async (rig: AlertRig, played: readonly Played[]): Promise<string[]> => {
  const { alerting } = rig.fleet;
  const mails = await rig.client.inbox.mails();
  const calls = await onCallNotices(rig);
  const journal = await rig.journal();
  const first = alerting.recipients["reliability"]?.email ?? "";
  return played.flatMap(({ scenario: { name, app }, expected: { alert, severity, processGroup } }) => {
    const route = alerting.routes[severity];
    const called = (status: Notification["status"]): boolean =>
      calls.some(
        ({ status: now, labels }) => now === status && labels["app"] === app && labels["alertname"] === alert,
      );
    const mailed = (word: string): boolean =>
      mails.some(
        ({ to, subject, text }) =>
          to.includes(first) && subject.includes(severity) && text.includes(app) && text.includes(word),
      );
    const missing = [
      ...(route.sms === undefined
        ? []
        : (["firing", "resolved"] as const)
            .filter((status) => !called(status))
            .map((status) => `on-call was not called: ${status}`)),
      ...(route.email.length === 0
        ? []
        : ["Acknowledge", "RECOVERED"].filter((word) => !mailed(word)).map((word) => `no mail with ${word}`)),
      ...(route.log === undefined || (journal.includes(app) && journal.includes(alert))
        ? []
        : [`no line in ${route.log}`]),
    ];
    return missing.map((words) => `${name}: ${alert} of ${app} (${processGroup}, ${severity}): ${words}`);
  });
};

import { setTimeout as pause } from "node:timers/promises";
import { channelOf } from "../../infra/model/alerting";
import type { AlertScenario, Expected } from "./alert-scenarios";
import type { Floor } from "./alert-floor";
import { floorOf } from "./alert-floor";
import type { Told } from "./alert-messages";
import { shown } from "./alert-messages";
import type { AlertRig } from "./alert-rig";
import { usedPaths } from "./alert-rig";
import { startTraffic } from "./alert-traffic";

/** How it went with one expected alert. */
export interface Played {
  readonly scenario: AlertScenario;
  readonly expected: Expected;
  readonly floor: Floor;
  /** Seconds from the fault to the message, and from the mend to that of the recovery. */
  readonly faultToMessage: number;
  readonly mendToRecovery: number;
  readonly firing: Told;
  readonly recovered: Told;
}

/** When a fault was in force, and what it explains. */
export interface Explanation {
  readonly app: string;
  readonly alerts: readonly string[];
  readonly from: number;
  to: number;
}

const pollEvery = 150;
/** What a busy computer may add, seconds. */
const patience = 30;

/** The first message since a time that says so of an alert; refuses to wait longer than so many seconds after it. */
export const waitForTold = async (
  rig: AlertRig,
  app: string,
  { alert, severity }: Pick<Expected, "alert" | "severity">,
  state: Told["state"],
  since: number,
  within: number,
): Promise<Told> => {
  const deadline = since + 1_000 * within;
  for (;;) {
    const told = (await rig.told(since)).filter((each) => each.app === app);
    const found = told.find(
      (each) => each.alert === alert && each.severity === severity && each.state === state,
    );
    if (found !== undefined) return found;
    if (Date.now() > deadline) {
      const live = (await rig.alerts())
        .filter(({ labels }) => labels["app"] === app)
        .map(({ name, state: now, labels }) => `  ${name} (${labels["severity"] ?? ""}) ${now}`);
      throw new Error(
        [
          `${app}: no message that ${alert} (${severity}) is ${state} within ${within.toFixed(0)} s. There came:`,
          shown(told, since),
          "vmalert holds:",
          ...(live.length === 0 ? ["  nothing"] : live),
        ].join("\n"),
      );
    }
    await pause(pollEvery);
  }
};

/** Waits until vmalert holds no alert of the app any more, not even a pending one. */
const untilCalm = async (rig: AlertRig, app: string, within: number): Promise<void> => {
  const deadline = Date.now() + 1_000 * within;
  for (;;) {
    const live = (await rig.alerts()).filter(({ labels }) => labels["app"] === app);
    if (live.length === 0) return;
    if (Date.now() > deadline)
      throw new Error(
        `${app} does not come to rest: ${live.map(({ name, state }) => `${name} ${state}`).join(", ")}`,
      );
    await pause(500);
  }
};

/** Breaks an app, waits for the messages, mends it, waits for the recoveries and for calm. */
export const play = async (
  rig: AlertRig,
  scenario: AlertScenario,
  explanations: Explanation[],
): Promise<Played[]> => {
  const { app, fault, parameters, expects, beside } = scenario;
  const explanation: Explanation = {
    app,
    alerts: [
      ...expects.map(({ alert }) => alert),
      ...beside,
      // A machine that is woken on a busy computer needs longer than its check is patient.
      ...(scenario.use === undefined ? [] : ["FlyHealthCheckFailing"]),
    ],
    from: Date.now(),
    to: Infinity,
  };
  explanations.push(explanation);
  const leave = scenario.use === undefined ? undefined : startTraffic(rig.url(app), usedPaths[app] ?? "/", 2);
  try {
    if (scenario.prepare !== undefined) {
      await scenario.prepare(rig.client);
      await pause(5_000);
      await untilCalm(rig, app, patience);
    }
    // Whoever sleeps must be awake before it can be broken.
    if (leave !== undefined) await pause(8_000);
    const since = Date.now();
    await rig.client.breakApp(app, fault, parameters);
    const fired = await Promise.all(
      expects.map(async (expected) => {
        const floor = floorOf(rig.fleet, scenario, expected);
        return {
          expected,
          floor,
          firing: await waitForTold(rig, app, expected, "firing", since, 1.5 * floor.seconds + patience),
        };
      }),
    );
    const mended = Date.now();
    await rig.client.mendApp(app, fault);
    const within = (scenario.recovers?.(rig.fleet) ?? 0) + patience;
    const played = await Promise.all(
      fired.map(async ({ expected, floor, firing }): Promise<Played> => {
        const recovered = await waitForTold(
          rig,
          app,
          expected,
          "recovered",
          firing.at,
          within + (mended - firing.at) / 1_000,
        );
        return {
          scenario,
          expected,
          floor,
          firing,
          recovered,
          faultToMessage: (firing.at - since) / 1_000,
          mendToRecovery: (recovered.at - mended) / 1_000,
        };
      }),
    );
    await untilCalm(rig, app, within);
    return played;
  } finally {
    await rig.client.mendApp(app, fault).catch(() => undefined);
    leave?.();
    // The last notices of what has gone with it.
    explanation.to = Date.now() + 10_000;
  }
};

/** Plays scenarios: one after the other of one app, at the same time those of different ones. */
export const playAll = async (
  rig: AlertRig,
  scenarios: readonly AlertScenario[],
  tell: (text: string) => void = () => undefined,
): Promise<{ played: Played[]; failures: string[]; explanations: Explanation[] }> => {
  const explanations: Explanation[] = [];
  const failures: string[] = [];
  const played: Played[] = [];
  const apps = [...new Set(scenarios.map(({ app }) => app))];
  await Promise.all(
    apps.map(async (app) => {
      for (const scenario of scenarios.filter((each) => each.app === app)) {
        try {
          const rows = await play(rig, scenario, explanations);
          played.push(...rows);
          for (const { expected, faultToMessage, floor } of rows)
            tell(
              `${scenario.name}: ${expected.alert} after ${faultToMessage.toFixed(1)} s, floor ${floor.seconds.toFixed(1)} s`,
            );
        } catch (error) {
          const words = error instanceof Error ? error.message : String(error);
          failures.push(`${scenario.name}: ${words}`);
          tell(`${scenario.name}: ${words}`);
        }
      }
    }),
  );
  return { played, failures, explanations };
};

/**
 * What was told and no fault explains. A recovery is explained by what was told before at any severity, and may be told
 * again: vmalert sends ends for a quarter of an hour, and a group that speaks of something new speaks of them once more.
 */
export const unexplained = (told: readonly Told[], explanations: readonly Explanation[]): readonly Told[] =>
  told.filter(({ app, alert, state, at }) =>
    state === "recovered"
      ? !told.some(
          (before) =>
            before.at < at && before.state === "firing" && before.app === app && before.alert === alert,
        )
      : !explanations.some(
          (each) => each.app === app && each.alerts.includes(alert) && at >= each.from && at <= each.to,
        ),
  );

/** What is wrong with how an alert was told; nothing where it is as it should be. */
export const mistakesIn = (rig: AlertRig, { expected, scenario, firing, recovered }: Played): string[] => {
  const channel = channelOf(rig.fleet.alerting, expected.severity).name;
  const words = [...expected.words, scenario.app, "Runbook", "Dashboard", `flymon ack --stack`];
  return [
    ...[firing, recovered]
      .filter((told) => told.channel !== channel)
      .map((told) => `${scenario.name}: ${told.state} came to #${told.channel}, not to #${channel}`),
    ...words
      .filter((word) => !firing.text.includes(word))
      .map((word) => `${scenario.name}: "${word}" is missing in:\n${firing.text}`),
  ];
};

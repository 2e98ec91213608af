import { plainTable } from "../ops/plain-table";
import { floorOf } from "../test/support/alert-floor";
import { playAll, waitForTold } from "../test/support/alert-play";
import { startAlertRig, usualDivisor } from "../test/support/alert-rig";
import { alertScenarios } from "../test/support/alert-scenarios";

interface Row {
  readonly fault: string;
  readonly app: string;
  readonly alert: string;
  readonly severity: string;
  /** Seconds from the fault to the message in Slack. */
  readonly faultToMessage: number;
  readonly floor: number;
  readonly ratio: number;
  /** Seconds from the mend to the message of the recovery. */
  readonly mendToRecovery?: number;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Those of which nothing takes longer than two minutes on Fly. */
const unhurried = ["Redis gone", "all machines down"];

const rowOf = (
  fault: string,
  app: string,
  { alert, severity }: { readonly alert: string; readonly severity: string },
  faultToMessage: number,
  floor: number,
  mendToRecovery?: number,
): Row => ({
  fault,
  app,
  alert,
  severity,
  faultToMessage: rounded(faultToMessage, 1),
  floor: rounded(floor, 1),
  ratio: rounded(faultToMessage / floor, 2),
  ...(mendToRecovery !== undefined && { mendToRecovery: rounded(mendToRecovery, 1) }),
});

/** Every class of alerts, time compressed. */
const compressed = async (tell: (text: string) => void): Promise<Row[]> => {
  const rig = await startAlertRig();
  try {
    const { played, failures } = await playAll(rig, alertScenarios, tell);
    if (failures.length > 0) throw new Error(failures.join("\n\n"));
    return played.map(({ scenario, expected, faultToMessage, floor, mendToRecovery }) =>
      rowOf(scenario.name, scenario.app, expected, faultToMessage, floor.seconds, mendToRecovery),
    );
  } finally {
    await rig.stop();
  }
};

/** Some classes in Fly's own time: what cannot be compressed weighs there as much as it does on Fly. */
const asOnFly = async (tell: (text: string) => void): Promise<Row[]> => {
  const rig = await startAlertRig({ timeDivisor: 1 });
  try {
    const scenarios = alertScenarios.filter(({ name }) => unhurried.includes(name));
    return await Promise.all(
      scenarios.map(async (scenario) => {
        const { app, fault, parameters, name, expects } = scenario;
        const [expected] = expects;
        const floor = floorOf(rig.fleet, scenario, expected).seconds;
        const since = Date.now();
        await rig.client.breakApp(app, fault, parameters);
        const { at } = await waitForTold(rig, app, expected, "firing", since, 2 * floor);
        tell(`${name}: told after ${((at - since) / 1_000).toFixed(0)} s`);
        return rowOf(name, app, expected, (at - since) / 1_000, floor);
      }),
    );
  } finally {
    await rig.stop();
  }
};

const table = (rows: readonly Row[]): string =>
  plainTable(
    ["fault", "alert", "severity", "message", "floor", "ratio", "recovery"],
    rows.map(({ fault, alert, severity, faultToMessage, floor, ratio, mendToRecovery }) => [
      fault,
      alert,
      severity,
      `${faultToMessage} s`,
      `${floor} s`,
      String(ratio),
      mendToRecovery === undefined ? "" : `${mendToRecovery} s`,
    ]),
  );

/**
 * From a real fault to the message in Slack, against what must pass: until it can be seen, scrape (and before it what
 * the exporter asks), the rule's duration, evaluation, group wait. One round each.
 */
export const benchFaults = async (_: number, tell: (text: string) => void): Promise<object> => {
  const quick = await compressed(tell);
  tell(`time runs ${usualDivisor} times as fast\n${table(quick)}`);
  const slow = await asOnFly(tell);
  tell(`time as on Fly\n${table(slow)}`);
  return {
    compressed: {
      timeDivisor: usualDivisor,
      worstRatio: Math.max(...quick.map(({ ratio }) => ratio)),
      rows: quick,
    },
    asOnFly: { worstRatio: Math.max(...slow.map(({ ratio }) => ratio)), rows: slow },
  };
};

import type { ExporterConfig } from "../../infra/model/exporter-config";
import type { ExporterMetricName } from "../../infra/model/exporter-metrics";
import type { Check, Exit, Machine } from "./machine";
import { isStarted } from "./machine";
import type { AppState } from "./state";
import { answering, answerKey, jsonAnswers, processGroupOf } from "./state";

/** A value as Prometheus reads it. */
export interface Sample {
  readonly name: ExporterMetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Times = Pick<
  ExporterConfig,
  "answerAgeMs" | "answerTimeoutMs" | "checkSettlesMs" | "exitsWindowMs" | "certificateIntervalMs"
>;

const isGivenUp = ({ state, exits }: Machine): boolean => {
  const [latest] = exits;
  return (
    state === "stopped" && latest !== undefined && latest.failed && !latest.requested && !latest.restarting
  );
};

const isCrash = ({ failed, requested }: Exit): boolean => failed && !requested;

/**
 * Whether a check says something. Of a program that has just started Fly has nothing to tell for a grace period and an
 * interval, and calls that a warning: it is no failure, or each deploy were one.
 */
const isTelling = ({ status, since }: Check, now: number, { checkSettlesMs }: Times): boolean =>
  status !== "warning" || since < now - checkSettlesMs;

const machineSamples = (state: AppState, machine: Machine, now: number, times: Times): Sample[] => {
  const labels = {
    app: state.app.name,
    instance: machine.id,
    process_group: processGroupOf(state.app, machine),
  };
  const oomKill = machine.exits.find(({ oomKilled }) => oomKilled);
  const crashes = machine.exits.filter((exit) => isCrash(exit) && exit.at > now - times.exitsWindowMs);
  const started = isStarted(machine);
  return [
    { name: "flymon_machine_info", labels: { ...labels, region: machine.region }, value: 1 },
    { name: "flymon_machine_started", labels, value: Number(started) },
    ...(oomKill
      ? [
          {
            name: "flymon_machine_last_oom_kill_timestamp_seconds" as const,
            labels,
            value: oomKill.at / 1_000,
          },
        ]
      : []),
    { name: "flymon_machine_failed_exits", labels, value: crashes.length },
    { name: "flymon_machine_given_up", labels, value: Number(isGivenUp(machine)) },
    ...(started
      ? machine.checks
          .filter((check) => isTelling(check, now, times))
          .map(({ name, status }) => ({
            name: "flymon_check_failing" as const,
            labels: { ...labels, check: name },
            value: Number(status !== "passing"),
          }))
      : []),
  ];
};

const answerSamples = (
  state: AppState,
  machines: readonly Machine[],
  now: number,
  times: Times,
): Sample[] => {
  const { app, answers } = state;
  const samples = new Map<string, Sample>();
  // Two answers may have a condition of one name: the worse is told.
  const add = (sample: Sample, series: string): void => {
    if ((samples.get(series)?.value ?? -1) < sample.value) samples.set(series, sample);
  };
  jsonAnswers(app).forEach((answer, index) => {
    for (const machine of answering(app, machines, answer)) {
      const read = answers.get(answerKey(machine, index));
      if (read === undefined || read.at < now - times.answerAgeMs - times.answerTimeoutMs) continue;
      const labels = { app: app.name, instance: machine.id, process_group: answer.processGroup };
      for (const [condition, failing] of read.failing ?? []) {
        const value = Number(failing);
        const own = { ...labels, condition };
        add({ name: "flymon_answer_condition_failing", labels: own, value }, `${machine.id} ${condition}`);
      }
      if (read.oldestApproval !== undefined) {
        const { oldestApproval: oldest } = read;
        const value = oldest === null ? 0 : Math.max(0, (now - oldest) / 1_000);
        add({ name: "flymon_approval_oldest_age_seconds", labels, value }, machine.id);
      }
    }
  });
  return [...samples.values()];
};

const startSamples = ({ app, startTest }: AppState): Sample[] => {
  if (app.coldStart === undefined || startTest === undefined) return [];
  const labels = { app: app.name, process_group: app.coldStart.processGroup };
  return [
    ...(startTest.seconds === undefined
      ? []
      : [{ name: "flymon_autostart_seconds" as const, labels, value: startTest.seconds }]),
    { name: "flymon_autostart_failed", labels, value: Number(startTest.failed) },
  ];
};

/** A certificate's end is known for as long as it takes to look at it three times. */
const certificateLooks = 3;

const certificateSamples = ({ app, certificate }: AppState, now: number, times: Times): Sample[] =>
  app.certificate === undefined ||
  certificate === undefined ||
  certificate.at < now - certificateLooks * times.certificateIntervalMs
    ? []
    : [
        {
          name: "flymon_certificate_expiry_timestamp_seconds",
          labels: { app: app.name, hostname: app.certificate.host },
          value: certificate.expires / 1_000,
        },
      ];

/** Started machines of each declared process group. */
const groupSamples = ({ app }: AppState, machines: readonly Machine[]): Sample[] =>
  app.processGroups.map((group) => ({
    name: "flymon_group_started_machines",
    labels: { app: app.name, process_group: group },
    value: machines.filter((machine) => isStarted(machine) && processGroupOf(app, machine) === group).length,
  }));

/** The machines that the latest answer told of, while it counts. */
export const presentMachines = (
  { machines }: AppState,
  now: number,
  { answerAgeMs }: Pick<Times, "answerAgeMs">,
): readonly Machine[] | undefined =>
  machines !== undefined && machines.at >= now - answerAgeMs ? machines.list : undefined;

/**
 * What is published of an app. Nothing before the API was asked for the first time; and while its answer is too old,
 * that it is.
 */
export const appSamples = (state: AppState, now: number, times: Times): Sample[] => {
  if (!state.asked) return [];
  const { app } = state;
  const machines = presentMachines(state, now, times);
  const unreadable: Sample = {
    name: "flymon_app_unreadable",
    labels: { app: app.name },
    value: Number(machines === undefined),
  };
  if (machines === undefined) return [unreadable];
  return [
    unreadable,
    ...machines.flatMap((machine) => machineSamples(state, machine, now, times)),
    ...groupSamples(state, machines),
    ...answerSamples(state, machines, now, times),
    ...startSamples(state),
    ...certificateSamples(state, now, times),
  ];
};

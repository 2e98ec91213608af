import { limits } from "../../model/limits";
import type { Settings } from "../../model/settings";
import { milliseconds } from "../../model/units";
import { divided, prometheusDuration } from "./durations";
import type { Recording } from "./rule";

/** The names of the recorded series, in the form that vmalert's users know: level:metric:operation. */
export const recorded = {
  processGroup: "machine:flymon_process_group:info",
  cpu: "machine:fly_cpu:percent",
  memory: "machine:fly_memory:percent",
  errors: "app:fly_errors:percent",
  latency: "app:fly_latency_p95:milliseconds",
} as const;

/** The process group that is named where the exporter has not told of a machine yet. */
export const unknownGroup = "unknown";

/**
 * Adds the process group to a value by machine. A machine that the exporter does not know keeps its value and gets the
 * group {@link unknownGroup}: a missing join partner must not silence a rule.
 */
export const withGroup = (value: string): string =>
  `(((${value}) * on (app, instance) group_left (process_group) ${recorded.processGroup}) ` +
  `or on (app, instance) label_set((${value}), "process_group", "${unknownGroup}"))`;

const recording = (record: string, meaning: string, ...expression: Recording["expression"]): Recording => ({
  record,
  meaning,
  expression,
});

/**
 * Recording rules for the whole fleet, in groups of which each may read what the one before has written. They are one
 * query each, however many apps there are.
 */
export const recordingGroups = (
  settings: Pick<Settings, "timeDivisor">,
): readonly { readonly name: string; readonly recordings: readonly Recording[] }[] => {
  const rateWindow = divided(limits.alerts.rateWindow, settings.timeDivisor);
  const window = prometheusDuration(rateWindow);
  const seconds = milliseconds(rateWindow) / 1_000;
  const cpuWindow = prometheusDuration(divided(limits.alerts.cpuWindow, settings.timeDivisor));
  const memory = prometheusDuration(divided(limits.alerts.machineMemory, settings.timeDivisor));
  const failed = `rate(fly_edge_http_responses_count{status=~"5.."}[${window}])`;
  return [
    {
      name: "recordings/process-groups",
      recordings: [
        recording(
          recorded.processGroup,
          "1 for each machine, with the process group it was last seen in.",
          `topk by (app, instance) (1, tlast_over_time(flymon_machine_info[${memory}])) * 0 + 1`,
        ),
      ],
    },
    {
      name: "recordings/signals",
      recordings: [
        recording(
          recorded.cpu,
          "CPU of a machine in percent, the average of its CPUs; waiting and stolen time is not counted.",
          withGroup(
            `sum by (app, instance) (rate(fly_instance_cpu{mode!~"idle|iowait|steal|guest|guest_nice"}[${cpuWindow}])) ` +
              `/ on (app, instance) count by (app, instance) (fly_instance_cpu{mode="idle"})`,
          ),
        ),
        recording(
          recorded.memory,
          "Memory of a machine in percent: what is not available for use.",
          withGroup(
            "100 * (1 - min by (app, instance) (fly_instance_memory_mem_available) " +
              "/ on (app, instance) min by (app, instance) (fly_instance_memory_mem_total))",
          ),
        ),
        recording(
          recorded.errors,
          "Answers with 5xx in percent of all answers at Fly's edge, its own (no healthy machine) included. Absent while there are too few failed answers to judge.",
          `100 * sum by (app) (${failed}) / on (app) sum by (app) (rate(fly_edge_http_responses_count[${window}])) ` +
            `and on (app) (${seconds} * sum by (app) (${failed})`,
          { operator: ">", limit: limits.alerts.chanceFailures },
          ")",
        ),
        recording(
          recorded.latency,
          "P95 of an app's answers in milliseconds, without the time at Fly's edge and without starts.",
          `1000 * histogram_quantile(0.95, sum by (app, le) (rate(fly_app_http_response_time_seconds_bucket[${window}])))`,
        ),
      ],
    },
  ];
};

import type { Hono } from "hono";
import type { ExporterConfig } from "../../infra/model/exporter-config";
import type { Access } from "../http/guard";
import { guarded } from "../http/guard";
import { appSamples, presentMachines } from "./metrics";
import type { AppState } from "./state";
import { answering, privateUrl } from "./state";
import { metricsContentType, metricsText } from "./text";

/** A group of targets as Prometheus' HTTP service discovery has them. */
interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The answers that json_exporter reads: of started machines alone, and of none where that is not known. */
export const jsonTargets = (
  states: readonly AppState[],
  now: number,
  config: Pick<ExporterConfig, "answerAgeMs">,
): TargetGroup[] =>
  states.flatMap((state) => {
    const machines = presentMachines(state, now, config) ?? [];
    const { app } = state;
    return app.tools.flatMap((tool) =>
      answering(app, machines, tool).map((machine) => ({
        targets: [privateUrl(machine, tool)],
        labels: {
          app: app.name,
          instance: machine.id,
          process_group: tool.processGroup,
          __param_module: tool.module,
        },
      })),
    );
  });

/** The exporter's own address. */
export const exporterRoutes = (states: readonly AppState[], config: ExporterConfig, access: Access): Hono => {
  const app = guarded(access);
  app.get("/metrics", (c) => {
    const now = Date.now();
    const samples = states.flatMap((state) => appSamples(state, now, config));
    return c.body(metricsText(samples), 200, { "Content-Type": metricsContentType });
  });
  app.get("/targets/json", (c) => c.json(jsonTargets(states, Date.now(), config)));
  return app;
};

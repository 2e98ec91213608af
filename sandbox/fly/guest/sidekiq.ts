import { queueGrowth, slowJobs } from "../../apps/faults";
import { sidekiqRoutes } from "../../apps/sidekiq";
import { faultBoard } from "../../faults/fault-board";
import { serveHttp } from "../../net/breakable-server";
import type { Program } from "./program";

/** What Sidekiq holds when it has loaded the app, how fast it grows under work, and where it levels off, MiB. */
const memory = { start: 300, perStep: 10, most: 760 } as const;
const step = 2_000;
/** Where yabeda's exporter listens unless told. */
const presetMetricsPort = 9_394;

/**
 * Chatwoot's Sidekiq: serves nobody but who reads its metrics, and grows beyond 512 MB, which is why a machine of 2 GB
 * is wanted.
 */
export const sidekiq: Program = async ({ address, metricsPort = presetMetricsPort, report, say }) => {
  let used: number = memory.start;
  const grow = (): void => {
    report({ ballast: used });
    used = Math.min(memory.most, used + memory.perStep);
  };
  grow();
  const timer = setInterval(grow, step);
  const faults = faultBoard([queueGrowth, slowJobs]);
  const metrics = await serveHttp(sidekiqRoutes({ faults, startedAt: Date.now() }), metricsPort, address);
  say("Booted Rails application in production environment; starting processing, hit Ctrl-C to stop");
  return {
    apply: async ({ fault, on, parameters, since }) => {
      if (on) await faults.switchOn(fault, parameters, since);
      else await faults.switchOff(fault);
    },
    drain: async () => {
      clearInterval(timer);
      await metrics.drain();
    },
  };
};

import { systemClock } from "../infra/provider/clock";
import { readConfiguration } from "../infra/provider/configuration";
import { plainInputs } from "../infra/provider/fly/inputs";
import { machineSettingsKind } from "../infra/provider/fly/machine-settings";
import { httpTransport } from "../infra/provider/fly/transport";
import type { CheckSettings } from "../infra/model/machine-settings";
import { startFly } from "../sandbox/fly";
import { seedApp } from "../sandbox/fly/machines/seed";
import { median } from "./measure";

const machines = 20;
const app = "bench";

const check: CheckSettings = {
  type: "http",
  port: 3_000,
  path: "/health",
  interval: "15s",
  timeout: "2s",
  grace_period: "5s",
};

/** One run: an app whose machines all differ from what is declared, brought in line one by one. */
const seconds = async (): Promise<number> => {
  const fly = await startFly({ factor: 200, limits: 1 });
  try {
    await seedApp(fly.platform, {
      name: app,
      machines: [
        {
          region: "ord",
          count: machines,
          state: "started",
          config: {
            image: "registry.fly.io/flymon/echo:1",
            env: { PORT: "3000" },
            metadata: { fly_platform_version: "v2", fly_process_group: "app" },
            guest: { cpu_kind: "shared", cpus: 1, memory_mb: 256 },
            checks: { health: check },
          },
        },
      ],
    });
    const declared = plainInputs({
      app,
      waitTimeout: "5m",
      processGroups: { app: { checks: { health: { ...check, interval: "30s" } }, count: machines } },
    });
    const kind = machineSettingsKind({ transport: httpTransport, clock: systemClock });
    const started = performance.now();
    await kind.create(declared, {
      configuration: readConfiguration(
        { flyToken: fly.announcement.token, flyApiUrl: fly.announcement.apiUrl },
        {},
      ),
      urn: "urn:pulumi:bench::bench::flymon:fly:MachineSettings::bench",
      projectRoot: ".",
      signal: new AbortController().signal,
      log: () => undefined,
    });
    return (performance.now() - started) / 1_000;
  } finally {
    await fly.stop();
  }
};

/**
 * Machines brought in line against what the API's own rate limit allows: the app's machines are listed anew before
 * each is touched, a list a second with a burst of three.
 */
export const benchMachines = async (rounds: number, tell: (text: string) => void): Promise<object> => {
  const runs: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    runs.push(await seconds());
    tell(`round ${round} of ${rounds}`);
  }
  const floor = machines - 3;
  const taken = median(runs);
  return {
    machines,
    medianSeconds: Number(taken.toFixed(2)),
    machinesPerMinute: Number(((machines / taken) * 60).toFixed(1)),
    floorSeconds: floor,
    ratioToRateLimit: Number((taken / floor).toFixed(2)),
  };
};

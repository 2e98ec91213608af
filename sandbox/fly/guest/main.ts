import { catalogue } from "../../apps/catalogue";
import { stuckConnection } from "../../apps/faults";
import { runApp } from "../../apps/run-app";
import { echo } from "./echo";
import { harnessFaults } from "./harness-faults";
import type { Program } from "./program";
import type { FaultMessage, GuestReport, GuestStart } from "./protocol";
import { sidekiq } from "./sidekiq";

const start = JSON.parse(process.env.FLYMON_GUEST ?? "{}") as GuestStart;
const report = (message: GuestReport): void => void process.send?.(message);
const say = (words: string): void => void process.stdout.write(`${words}\n`);

// However the sandbox ended: nothing of it stays.
process.on("disconnect", () => process.exit(143));

/** An app of the fleet. Ports beyond the first are those of the product's own listeners on Fly. */
const fleetApp = (name: string): Program | undefined => {
  const app = catalogue.find((candidate) => candidate.name === name);
  if (app === undefined) return undefined;
  return async ({ address, port, extraPorts }) => {
    const running = await runApp(
      { ...app, placeFaults: [stuckConnection] },
      (index) => [port, ...extraPorts][index] ?? 0,
      address,
    );
    const apply = async ({ fault, on, parameters, since }: FaultMessage): Promise<void> => {
      if (on) await running.faults.switchOn(fault, parameters, since);
      else await running.faults.switchOff(fault);
    };
    return { apply, drain: () => running.drain() };
  };
};

// Fly Postgres listens where its image does, whatever services are declared.
const ownPorts: Readonly<Record<string, readonly number[]>> = { "hotdash-staging-db": [5_432, 5_500, 9_187] };

const main = async (): Promise<void> => {
  const program = start.program === "sidekiq" ? sidekiq : (fleetApp(start.program) ?? echo);
  const [port = 8_080, ...extraPorts] = ownPorts[start.program] ?? [
    Number(process.env.PORT ?? start.ports[0] ?? 8_080),
    ...start.ports.slice(1),
  ];
  // Before all else: a program that ends at its start does not serve a while first.
  const strike = harnessFaults(say);
  start.faults.forEach(strike);
  process.on("message", strike);
  const { address, metricsPort } = start;
  const running = await program({ address, port, extraPorts, metricsPort, env: process.env, report, say });
  for (const fault of start.faults) await running.apply(fault);
  process.on("message", (message: FaultMessage) => void running.apply(message));
  report({ listening: true });

  const stop = (signal: string): void => {
    if (process.env.IGNORE_SIGNALS === "true") {
      say(`${signal}? Not now`);
      return;
    }
    say(`${signal}: ending after the last answer`);
    void running.drain().finally(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const)
    process.on(signal, () => {
      stop(signal);
    });
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

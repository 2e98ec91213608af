import { benchAlerts } from "./alerts";
import { benchFaults } from "./faults";
import { benchMachines } from "./machines";
import { benchMonitors } from "./monitors";
import { benchPreviews } from "./previews";
import { benchToml } from "./toml";

/** Prints all measurements as JSON; `npm run bench -- previews` one of them. BENCH_ROUNDS sets the rounds (5). */
const main = async (wanted: readonly string[]): Promise<void> => {
  const rounds = Number(process.env["BENCH_ROUNDS"] ?? 5);
  const tell = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  const benches = {
    previews: benchPreviews,
    machines: benchMachines,
    monitors: benchMonitors,
    toml: benchToml,
    alerts: benchAlerts,
    faults: benchFaults,
  };
  const results: Record<string, object> = {};
  for (const [name, bench] of Object.entries(benches)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    results[name] = await bench(rounds, (text) => {
      tell(`${name}: ${text}`);
    });
  }
  process.stdout.write(`${JSON.stringify({ rounds, ...results }, null, 2)}\n`);
};

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

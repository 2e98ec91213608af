import { Worker } from "node:worker_threads";
import { cpuBurn, crashLoop } from "../faults/fly-faults";
import type { FaultMessage } from "./protocol";

// Burns until the whole process has used its share of one CPU, then sleeps for the rest of a tenth of a second.
// What it could not get while others ran it catches up with, for at most a second.
const burner = `
const { workerData: duty } = require("node:worker_threads");
const never = new Int32Array(new SharedArrayBuffer(4));
const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
let from = performance.now();
let before = used();
for (;;) {
  const behind = () => (performance.now() - from) * duty - (used() - before);
  const late = behind() - 1000;
  if (late > 0) before -= late;
  for (const end = performance.now() + 100; behind() > 0 && performance.now() < end; );
  Atomics.wait(never, 0, 0, Math.max(1, 100 * (1 - duty)));
}
`;

/** What can happen to any program: to burn CPU, and to end. */
export const harnessFaults = (say: (words: string) => void): ((message: FaultMessage) => void) => {
  let burning: Worker | undefined;
  return ({ fault, on, parameters }) => {
    if (fault === crashLoop.name && on) {
      say("Something that cannot be: giving up");
      process.exit(crashLoop.parameters.parse(parameters).exitCode);
    }
    if (fault !== cpuBurn.name) return;
    void burning?.terminate();
    burning = on
      ? new Worker(burner, { eval: true, workerData: cpuBurn.parameters.parse(parameters).duty })
      : undefined;
  };
};

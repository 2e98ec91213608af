import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../test/support/free-port";

/** A program that serves on loopback beside the bench. */
export interface Engine {
  readonly url: string;
  /** The values of one of its own metrics, by the text of its labels. */
  metric(name: string): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

const readyWithin = 60_000;

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;

/** Starts one of VictoriaMetrics' programs and waits until it is healthy. */
export const startEngine = async (file: string, args: readonly string[]): Promise<Engine> => {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(file, [...args, `-httpListenAddr=${address}`, "-loggerLevel=WARN"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4_000)));
  const exited = once(child, "exit");
  const url = `http://${address}`;
  const deadline = Date.now() + readyWithin;
  for (;;) {
    const healthy = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) break;
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${file} did not start:\n${said}`);
    }
    await sleep(50);
  }
  return {
    url,
    metric: async (name) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return new Map(
        text.split("\n").flatMap((each): [string, number][] => {
          const [, metric, labels = "", value] = line.exec(each) ?? [];
          return metric === name ? [[labels, Number(value)]] : [];
        }),
      );
    },
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
};

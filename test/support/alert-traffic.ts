import { Agent, get } from "node:http";

/** Requests that are in flight at most: a hung app must not fill the computer with them. */
const mostInFlight = 40;
const requestMs = 30_000;

/** Asks an app so often a second until it is stopped. What the answers are does not matter. */
export const startTraffic = (url: string, path: string, perSecond: number): (() => void) => {
  const agent = new Agent({ keepAlive: true, maxSockets: mostInFlight });
  let inFlight = 0;
  const timer = setInterval(() => {
    if (inFlight >= mostInFlight) return;
    inFlight += 1;
    const request = get(new URL(path, url), { agent, timeout: requestMs }, (response) => response.resume());
    request.on("timeout", () => request.destroy());
    request.on("error", () => undefined);
    request.on("close", () => (inFlight -= 1));
  }, 1_000 / perSecond);
  return () => {
    clearInterval(timer);
    agent.destroy();
  };
};

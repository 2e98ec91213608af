import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../infra/provider/clock";
import { startUptimeRobot } from "../../sandbox/uptimerobot";
import { restSandbox, type RestSandbox } from "./rest-sandbox";
import { serviceOptions } from "./service-options";
import type { References } from "./uptimerobot-cases";

type Thing = { readonly id: number } & { readonly [name: string]: unknown };

/** The sandbox's UptimeRobot, with something in it for declarations to refer to; it is read once reads are not late. */
export interface TestUptimeRobot extends RestSandbox<Thing> {
  readonly references: References;
  readonly stop: () => Promise<void>;
}

/** How much faster the provider's waiting passes here; the sandbox's late reads are late by 120 ms at most. */
const speed = 15;
/** How old a read of the sandbox may be, with a little more for a busy computer. */
export const latestReadMs = 250;

const fastClock = (): Clock => {
  const started = Date.now();
  return {
    now: () => started + (Date.now() - started) * speed,
    sleep: (ms, signal) => sleep(Math.ceil(ms / speed), undefined, { signal }),
    within: (ms) => AbortSignal.timeout(ms),
    random: Math.random,
  };
};

export const startTestUptimeRobot = async (plan: "free" | number = 200): Promise<TestUptimeRobot> => {
  const service = await startUptimeRobot({ ...serviceOptions, uptimerobotMonitors: plan });
  const { apiUrl, token } = service.announcement;
  const settle = (): Promise<void> => sleep(latestReadMs);
  const sandbox = restSandbox<Thing>({
    apiUrl,
    token,
    setting: "uptimeRobot",
    variable: "UPTIMEROBOT_API_KEY",
    clock: fastClock,
    settle,
    thingIn: (body) => body as Thing,
    wholeList: "limit=200",
  });
  const idOf = async (path: string, body: object): Promise<string> =>
    String((await sandbox.make(path, body)).id);
  const monitor = (name: string): Promise<string> =>
    idOf("/monitors", { friendlyName: name, type: "HTTP", url: `http://127.0.0.1:9/${name}`, interval: 300 });
  const window = (name: string): Promise<string> =>
    idOf("/maintenance-windows", { name, interval: "daily", time: "03:00:00", duration: 30 });
  const references: References = {
    contacts: [
      await idOf("/alert-contacts", { type: "Email", value: "ben@hotdash.example" }),
      await idOf("/alert-contacts", { type: "Email", value: "cat@hotdash.example" }),
    ],
    monitors: [await monitor("reference-1"), await monitor("reference-2")],
    windows: [await window("reference 1"), await window("reference 2")],
    group: await idOf("/monitor-groups", { name: "reference" }),
  };
  await settle();

  return { ...sandbox, references, stop: () => service.stop() };
};

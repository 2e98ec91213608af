import { catalogue } from "./apps/catalogue";
import { runApp, type RunningApp } from "./apps/run-app";
import { controlServer } from "./control/routes";
import { startFly, type FlyAnnouncement, type FlyService } from "./fly";
import { startFleet } from "./fly/fleet";
import { fleetFaults } from "./fly/fleet-app";
import type { FlyOptions } from "./fly/options";
import { defaultMonitorFactor, paidMonitors } from "./monitoring/time";
import { loopback, serveHttp } from "./net/breakable-server";
import { portsFrom } from "./ports";
import type { Service } from "./service";
import { services, type ServiceAnnouncements } from "./services";

/** How to start the sandbox. */
export interface WorldOptions {
  /** Names of the apps to run; all where not given. */
  readonly apps?: readonly string[] | undefined;
  /** First of the fixed ports; free ports where not given. */
  readonly portBase?: number | undefined;
  /** The bot's token; a random one where not given. */
  readonly slackToken?: string | undefined;
  /** Multiplies Slack's rate limits; 1 where not given, Infinity for none. */
  readonly slackLimits?: number | undefined;
  /** How many times faster the time of the services that watch from outside runs; 30 where not given. */
  readonly monitorFactor?: number | undefined;
  /** Whether mail of what watches from outside goes to the inbox; true where not given. */
  readonly monitorMail?: boolean | undefined;
  /** UptimeRobot's plan: for so many monitors, 200 where not given, or the free one. */
  readonly uptimerobotMonitors?: number | "free" | undefined;
  /** Multiplies UptimeRobot's rate limit; 1 where not given, Infinity for none. */
  readonly uptimerobotLimits?: number | undefined;
  /** Fly, too: the Machines API and machines as processes. Not started where not given. */
  readonly fly?: FlyOptions | undefined;
}

/** Where everything is: the one line on standard output. */
export interface Announcement extends ServiceAnnouncements {
  readonly control: { readonly url: string };
  /** There where Fly was asked for. */
  readonly fly?: FlyAnnouncement;
  readonly apps: Readonly<Record<string, AppAnnouncement>>;
}
export interface AppAnnouncement {
  readonly url: string;
  readonly ports: Readonly<Record<string, number>>;
}

/** The running sandbox. */
export interface World {
  readonly announcement: Announcement;
  stop(): Promise<void>;
}

/** Apps that were asked for and that there are not. */
export const unknownApps = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !catalogue.some((app) => app.name === name));

const smtpOf = (inbox: Service | undefined): string | undefined => {
  const { smtp } = (inbox?.announcement ?? {}) as { readonly smtp?: string };
  return smtp;
};

/** Starts services, apps and control server. Rejects, with all stopped again, when a wanted port is taken. */
export const startWorld = async (options: WorldOptions = {}): Promise<World> => {
  const ports = portsFrom(options.portBase);
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((part) => part.stop()));
  };
  const keep = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
    started.push(part);
    return part;
  };

  try {
    const running: Record<string, Service> = {};
    for (const [index, [name, start]] of Object.entries(services).entries()) {
      const service = {
        port: ports.service(index),
        secondPort: ports.second(index),
        slackToken: options.slackToken,
        slackLimits: options.slackLimits ?? 1,
        monitorFactor: options.monitorFactor ?? defaultMonitorFactor,
        smtp: options.monitorMail === false ? undefined : smtpOf(running.inbox),
        uptimerobotMonitors: options.uptimerobotMonitors ?? paidMonitors,
        uptimerobotLimits: options.uptimerobotLimits ?? 1,
      };
      running[name] = keep(await start(service));
    }
    const wanted = catalogue.filter(({ name }) => options.apps?.includes(name) ?? true);
    const apps: RunningApp[] = [];
    if (options.fly === undefined)
      for (const app of wanted) apps.push(keep(await runApp(app, (listener) => ports.app(app, listener))));
    else {
      const late: { fly?: FlyService } = {};
      const faults = fleetFaults(() => late.fly);
      const fly = keep(await startFly({ ...options.fly, port: ports.fly }, faults));
      late.fly = fly;
      running.fly = fly;
      apps.push(...(await startFleet(fly, faults, wanted, (app) => ports.app(app, 0))));
    }

    const control = await serveHttp(controlServer(apps, running), ports.control);
    keep({ stop: () => control.takeDown() });

    const announcements = Object.entries(running).map(([name, { announcement }]) => [name, announcement]);
    const announcement = {
      ...(Object.fromEntries(announcements) as ServiceAnnouncements & { readonly fly?: FlyAnnouncement }),
      control: { url: `http://${loopback}:${control.port}` },
      apps: Object.fromEntries(apps.map(({ name, url, ports: taken }) => [name, { url, ports: taken }])),
    };
    return { announcement, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

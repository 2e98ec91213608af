import type { Hono } from "hono";
import type { FaultBoard } from "./faults/fault-board";

/** One of the outer services that the sandbox stands in for. Each lives in a folder of its own. */
export interface Service<Announcement extends object = object> {
  /** What the ready line tells of it: addresses, tokens. */
  readonly announcement: Announcement;
  readonly faults: FaultBoard;
  /** The path of its page on the control server, where its announcement names none. */
  readonly page?: string;
  /** Routes below `/<name>` of the control server, for what a person would do in the service's own pages. */
  readonly control: Hono;
  listening(): boolean;
  stop(): Promise<void>;
}

/** What a service is started with. */
export interface ServiceOptions {
  /** 0 for a free one. */
  readonly port: number;
  /** The same, for a service that speaks two protocols. */
  readonly secondPort: number;
  readonly slackToken: string | undefined;
  /** Multiplies Slack's rate limits; Infinity for none. */
  readonly slackLimits: number;
  /** How many times faster than theirs the time of Better Stack and UptimeRobot runs. */
  readonly monitorFactor: number;
  /** Where mail to people goes, "127.0.0.1:PORT"; it is only recorded where not given. */
  readonly smtp?: string | undefined;
  /** How many monitors UptimeRobot's plan is for; its rate limit follows from that. */
  readonly uptimerobotMonitors: number | "free";
  /** Multiplies UptimeRobot's rate limit; Infinity for none. */
  readonly uptimerobotLimits: number;
}

export type StartService<Announcement extends object = object> = (
  options: ServiceOptions,
) => Promise<Service<Announcement>>;

import { randomInt, randomUUID } from "node:crypto";
import { Hono } from "hono";
import { httpService } from "../faults/http-service";
import type { Service, ServiceOptions } from "../service";
import type { Bindings } from "./breakage";
import { slackFaults } from "./faults";
import { pageRoutes } from "./page/routes";
import { pastOf } from "./past";
import { personRoutes } from "./person";
import { rateLimits } from "./rate-limits";
import { webApi } from "./web-api";
import { createWebhooks } from "./webhooks";
import { createWorkspace } from "./workspace";

/** What the ready line tells of Slack. */
export interface SlackAnnouncement {
  readonly url: string;
  /** Base address of the Web API, with the slash at the end: what `slackApiUrl` wants. */
  readonly apiUrl: string;
  /** The page that shows channels and messages. */
  readonly page: string;
  /** The bot's token; good for this run only. */
  readonly token: string;
}

const randomToken = (): string =>
  `xoxb-${randomInt(1e10, 1e11)}-${randomInt(1e10, 1e11)}-${randomUUID().replaceAll("-", "").slice(0, 24)}`;

/** Starts Slack on loopback: Web API, incoming webhooks and the page on one port. */
export const startSlack = async (options: ServiceOptions): Promise<Service<SlackAnnouncement>> => {
  const workspace = createWorkspace();
  const past = pastOf(workspace);
  const limits = rateLimits(options.slackLimits);
  const token = options.slackToken ?? randomToken();

  const service = httpService(slackFaults);
  const { faults, url } = service;
  const webhooks = createWebhooks(workspace, limits, faults);

  const app = new Hono<Bindings>();
  // The page's own addresses come first: Slack's faults must not blind who watches.
  app.route("/", pageRoutes(workspace));
  app.route("/api", webApi({ workspace, past, limits, faults, token, workspaceUrl: () => `${url()}/` }));
  app.route("/services", webhooks.routes);

  await service.serve(app, options.port);
  return {
    announcement: { url: url(), apiUrl: `${url()}/api/`, page: `${url()}/`, token },
    faults,
    control: personRoutes(workspace, webhooks, url),
    listening: service.listening,
    stop: service.stop,
  };
};

import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import type { Bindings } from "../faults/call-fault";
import { httpService } from "../faults/http-service";
import { createApi } from "../monitoring/api";
import { bearerOf } from "../monitoring/bearer";
import { mailer } from "../monitoring/mail";
import { pageRoutes } from "../monitoring/page/routes";
import { serviceTime } from "../monitoring/time";
import type { Service, ServiceOptions } from "../service";
import { createAccount, teamName } from "./account";
import { forbidden, invalidToken, malformed, notFound } from "./api/answers";
import { incidentRoutes } from "./api/incident-routes";
import { onCallRoutes } from "./api/on-call-routes";
import { otherRoutes } from "./api/other-routes";
import { reportRoutes } from "./api/report-routes";
import { resourceRoutes } from "./api/resource-routes";
import { beatRoutes } from "./beats";
import { controlRoutes } from "./control";
import { startEngine } from "./engine";
import { betterStackFaults, callFaults, chaos, tokenRefused } from "./faults";
import { beatPath, heartbeatGroupKind, heartbeatKind } from "./kinds/heartbeat";
import { incomingWebhookKind } from "./kinds/incoming-webhook";
import type { KindContext } from "./kinds/kind";
import { monitorGroupKind, monitorKind } from "./kinds/monitor";
import { onCallKind } from "./kinds/on-call";
import { outgoingWebhookKind } from "./kinds/outgoing-webhook";
import { policyKind } from "./kinds/policy";
import { firstSeverities, severityKind } from "./kinds/severity";
import { slackIntegrationKind } from "./kinds/slack-integration";
import { statusPageKind, statusPageResourceKind, statusPageSectionKind } from "./kinds/status-page";
import { betterStackParts } from "./page";

/** What the ready line tells of Better Stack. */
export interface BetterStackAnnouncement {
  /** The API without /api/v2 and /api/v3. */
  readonly apiUrl: string;
  /** The team's token; good for this run only. */
  readonly token: string;
  readonly team: string;
  /** The page that shows monitors and incidents. */
  readonly page: string;
  /** Where heartbeats are sent to; the secret follows. */
  readonly heartbeats: string;
}

/** Starts Better Stack on loopback with a new account. */
export const startBetterStack = async (
  options: ServiceOptions,
): Promise<Service<BetterStackAnnouncement>> => {
  const account = createAccount();
  firstSeverities.forEach((severity) => {
    account.seed("urgencies", severity);
  });
  account.seed("on-calls", {
    team_name: teamName,
    name: "Primary on-call",
    default_calendar: true,
    rotation: null,
  });
  const token = randomBytes(12).toString("base64url");

  const service = httpService(betterStackFaults);
  const { faults, url } = service;
  const api = createApi({
    faults,
    callFaults,
    chaos,
    malformed: malformed(),
    gate: (c) => {
      const refused = faults.read(tokenRefused)?.parameters.status;
      const given = bearerOf(c);
      if (given !== token || refused === 401) throw invalidToken();
      if (refused === 403) throw forbidden();
    },
  });
  const time = serviceTime(options.monitorFactor);
  const engine = startEngine(
    account,
    faults,
    time,
    url,
    options.smtp === undefined ? undefined : mailer(options.smtp, "alerts@betterstack.example"),
  );
  const context: KindContext = {
    account,
    runtime: engine.runtime,
    get url() {
      return url();
    },
  };
  resourceRoutes(api, monitorKind, context);
  resourceRoutes(api, monitorGroupKind, context);
  resourceRoutes(api, heartbeatKind, context);
  resourceRoutes(api, heartbeatGroupKind, context);
  resourceRoutes(api, policyKind, context);
  resourceRoutes(api, severityKind, context);
  resourceRoutes(api, onCallKind, context);
  resourceRoutes(api, outgoingWebhookKind, context);
  resourceRoutes(api, incomingWebhookKind, context);
  resourceRoutes(api, slackIntegrationKind, context);
  resourceRoutes(api, statusPageKind, context);
  resourceRoutes(api, statusPageSectionKind, context);
  resourceRoutes(api, statusPageResourceKind, context);
  onCallRoutes(api, context);
  otherRoutes(api, context, (id) => engine.incidents.all.get(id) !== undefined);
  incidentRoutes(api, context, engine.incidents, engine.escalations);
  reportRoutes(api, context, engine.incidents, engine.monitors, time);

  const app = new Hono<Bindings>();
  // The page comes first: faults of the API must not blind who watches.
  app.route(
    "/",
    pageRoutes({
      title: "Better Stack in the sandbox",
      subtitle: () => `Time runs ${time.factor} times faster.`,
      parts: () => betterStackParts(account, engine),
      act: (what, id) => {
        const by = "somebody at the page";
        if (what === "acknowledge") return engine.incidents.acknowledge(id, by) !== undefined;
        return what === "resolve" && engine.incidents.resolve(id, by) !== undefined;
      },
    }),
  );
  app.route("/", beatRoutes(account, engine));
  app.route("/", api.app);
  app.notFound((c) => c.json(notFound().body, 404));
  await service.serve(app, options.port);
  return {
    announcement: {
      apiUrl: url(),
      token,
      team: teamName,
      page: `${url()}/`,
      heartbeats: `${url()}${beatPath}`,
    },
    faults,
    control: controlRoutes(account, engine, api.calls),
    listening: service.listening,
    stop: async () => {
      engine.stop();
      await service.stop();
    },
  };
};

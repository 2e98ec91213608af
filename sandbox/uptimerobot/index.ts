import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import type { Bindings } from "../faults/call-fault";
import { httpService } from "../faults/http-service";
import { seededRandom } from "../faults/random";
import { createApi } from "../monitoring/api";
import { bearerOf } from "../monitoring/bearer";
import { watchedRoutes } from "../monitoring/control";
import { mailer } from "../monitoring/mail";
import { pageRoutes } from "../monitoring/page/routes";
import { serviceTime } from "../monitoring/time";
import type { Service, ServiceOptions } from "../service";
import { createAccount, planOf } from "./account";
import { forbidden, invalid, unauthorized } from "./answers";
import { otherRoutes } from "./api/other-routes";
import { rateLimit } from "./api/rate-limit";
import { resourceRoutes } from "./api/resource-routes";
import { startEngine } from "./engine";
import { callFaults, chaos, tokenRefused, uptimeRobotFaults } from "./faults";
import { alertContactKind } from "./kinds/alert-contact";
import { integrationKind } from "./kinds/integration";
import type { KindContext } from "./kinds/kind";
import { maintenanceWindowKind } from "./kinds/maintenance-window";
import { beatPath, monitorKind } from "./kinds/monitor";
import { monitorGroupKind, tagKind } from "./kinds/monitor-group";
import { pspKind } from "./kinds/psp";
import { uptimeRobotParts } from "./page";
import { incidentView, stateOf } from "./views";

/** How old a read's state is at most, milliseconds: writes take a moment to be seen by all reads. Chosen. */
const usualLag = 120;

/** What the ready line tells of UptimeRobot. */
export interface UptimeRobotAnnouncement {
  /** With /v3. */
  readonly apiUrl: string;
  /** May do all; good for this run only. */
  readonly token: string;
  readonly readOnlyToken: string;
  readonly plan: "free" | "paid";
  /** The page that shows monitors and incidents. */
  readonly page: string;
  /** Where heartbeats are sent to; the secret follows. */
  readonly heartbeats: string;
}

/** Starts UptimeRobot on loopback with a new account. */
export const startUptimeRobot = async (
  options: ServiceOptions,
): Promise<Service<UptimeRobotAnnouncement>> => {
  const plan = planOf(options.uptimerobotMonitors);
  const account = createAccount(plan);
  const { email, name } = account.owner;
  account.seed("alert-contacts", {
    type: "Email",
    friendlyName: name,
    value: email,
    enableNotificationsFor: "UpAndDown",
    sslExpirationReminder: true,
    isActive: true,
  });
  const key = (): string => `u${account.owner.id}-${randomBytes(12).toString("hex")}`;
  const [token, readOnlyToken] = [key(), key()];

  const service = httpService(uptimeRobotFaults);
  const { faults, url } = service;
  const limit = rateLimit(plan.callsPerMinute * options.uptimerobotLimits);
  const random = seededRandom(1);
  const api = createApi({
    faults,
    callFaults,
    chaos,
    malformed: invalid("The request body is not valid JSON"),
    usualLag: () => Math.round(random() * usualLag),
    gate: (c) => {
      const refused = faults.read(tokenRefused)?.parameters.status;
      const given = bearerOf(c);
      if ((given !== token && given !== readOnlyToken) || refused === 401) throw unauthorized();
      if (refused === 403 || (given === readOnlyToken && c.req.method !== "GET"))
        throw forbidden("The API key is read-only");
      limit(c);
    },
  });
  const engine = startEngine(
    account,
    faults,
    serviceTime(options.monitorFactor),
    options.smtp === undefined ? undefined : mailer(options.smtp, "alert@uptimerobot.example"),
  );
  const context: KindContext = {
    account,
    runtime: engine.runtime,
    get url() {
      return url();
    },
  };
  resourceRoutes(api, monitorKind, context);
  resourceRoutes(api, integrationKind, context);
  resourceRoutes(api, alertContactKind, context);
  resourceRoutes(api, maintenanceWindowKind, context);
  resourceRoutes(api, pspKind, context);
  resourceRoutes(api, monitorGroupKind, context);
  resourceRoutes(api, tagKind, context);
  otherRoutes(api, context, engine.forget);

  const app = new Hono<Bindings>();
  // The page comes first: faults of the API must not blind who watches.
  app.route(
    "/",
    pageRoutes({
      title: "UptimeRobot in the sandbox",
      subtitle: () => `Time runs ${options.monitorFactor} times faster. The ${plan.name} plan.`,
      parts: () => uptimeRobotParts(account, engine),
    }),
  );
  app.all(`${beatPath}/:secret`, (c) =>
    engine.beat(c.req.param("secret")) ? c.text("OK") : c.text("Not found", 404),
  );
  app.route("/", api.app);
  app.notFound((c) => c.json({ message: "Not found" }, 404));
  await service.serve(app, options.port);
  return {
    announcement: {
      apiUrl: `${url()}/v3`,
      token,
      readOnlyToken,
      plan: plan.name,
      page: `${url()}/`,
      heartbeats: `${url()}${beatPath}`,
    },
    faults,
    control: watchedRoutes({
      state: () => stateOf(account, engine),
      incidents: () => engine.incidents.all.list().map(incidentView),
      notifications: engine.notifications,
      calls: api.calls,
    }),
    listening: service.listening,
    stop: async () => {
      engine.stop();
      await service.stop();
    },
  };
};

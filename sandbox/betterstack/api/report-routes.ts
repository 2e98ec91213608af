import type { Api } from "../../monitoring/api";
import type { ServiceTime } from "../../monitoring/time";
import { availability } from "../engine/availability";
import { isAbout, type IncidentBook } from "../engine/incidents";
import type { MonitorWatch } from "../engine/monitor-watch";
import type { KindContext } from "../kinds/kind";
import { badRequest, notFound } from "./answers";

/** How monitors did: availability in percent, response times in seconds; lengths are the service's seconds. */
export const reportRoutes = (
  api: Api,
  { account }: KindContext,
  incidents: IncidentBook,
  monitors: MonitorWatch,
  time: ServiceTime,
): void => {
  api.route("GET", "/api/v2/monitors/:id/sla", "monitors.sla", ({ c, id, lag }) => {
    const monitor = account.in("monitors").get(id, lag);
    if (monitor === undefined) throw notFound();
    const instant = (name: string, otherwise: number): number => {
      const given = c.req.query(name);
      const at = given === undefined ? otherwise : Date.parse(given);
      if (Number.isNaN(at)) throw badRequest("The data range is invalid");
      return at;
    };
    const [from, to] = [instant("from", monitor.createdAt), instant("to", Date.now())];
    if (to < from) throw badRequest("The data range is invalid: `from` has to be before `to`");
    const own = incidents.all.list().filter(({ origin }) => isAbout(origin, "monitor", id));
    const span = availability(own, Math.max(from, monitor.createdAt), to);
    const count = span.incidents.length;
    return c.json({
      data: {
        id: String(id),
        type: "monitor_sla",
        attributes: {
          availability: span.share * 100,
          total_downtime: Math.round(time.seconds(span.downtime)),
          number_of_incidents: count,
          longest_incident: Math.round(time.seconds(Math.max(0, ...span.incidents))),
          average_incident: count === 0 ? 0 : Math.round(time.seconds(span.downtime / count)),
        },
      },
    });
  });
  api.route("GET", "/api/v2/monitors/:id/response-times", "monitors.response-times", ({ c, id, lag }) => {
    const monitor = account.in("monitors").get(id, lag);
    if (monitor === undefined) throw notFound();
    const responses = monitors.responses(id).map(({ at, milliseconds }) => ({
      at: new Date(at).toISOString(),
      response_time: milliseconds / 1_000,
      // One probe stands for all regions and does not take the parts of its time.
      name_lookup_time: 0,
      connection_time: 0,
      tls_handshake_time: 0,
      data_transfer_time: 0,
    }));
    return c.json({
      data: {
        id: String(id),
        type: "monitor_response_times",
        attributes: {
          regions: monitor.attributes.regions.map((region) => ({ region, response_times: responses })),
        },
      },
    });
  });
};

import type { Api } from "../../monitoring/api";
import { teamName, type Person } from "../account";
import { owners, metadataKind, type Owner } from "../kinds/metadata";
import type { KindContext } from "../kinds/kind";
import { monitorKind } from "../kinds/monitor";
import { heartbeatKind } from "../kinds/heartbeat";
import { notFound, page, unprocessable, type Resource } from "./answers";
import { resourceOf, wanted } from "./resource-routes";

const personResource = ({ id, firstName, lastName, email, phone }: Person): Resource => ({
  id: String(id),
  type: "team_member",
  attributes: {
    first_name: firstName,
    last_name: lastName,
    email,
    phone_numbers: [phone],
    role: "admin",
    status: "active",
    team_name: teamName,
  },
});

/** Metadata (one upsert), members of the team, and what is in a group. */
export const otherRoutes = (api: Api, context: KindContext, hasIncident: (id: number) => boolean): void => {
  const { account } = context;
  const metadata = account.in("metadata");
  const exists = (type: Owner, id: string): boolean => {
    const kept = owners[type];
    if (type === "Incident") return hasIncident(Number(id));
    return kept === undefined || account.in(kept).get(Number(id)) !== undefined;
  };

  api.route("GET", metadataKind.path, "metadata.list", ({ c, lag }) => {
    const asked = new URL(c.req.url);
    const [id, type] = [asked.searchParams.get("owner_id"), asked.searchParams.get("owner_type")];
    const found = metadata
      .list(lag)
      .filter(({ attributes }) => id === null || attributes.owner_id === id)
      .filter(({ attributes }) => type === null || attributes.owner_type === type);
    return c.json(
      page(
        found.map((entry) => resourceOf(metadataKind, entry, context)),
        asked,
      ),
    );
  });
  api.route("POST", metadataKind.path, "metadata.upsert", (call) => {
    const attributes = wanted(metadataKind, call, context);
    if (!exists(attributes.owner_type, attributes.owner_id))
      throw unprocessable({ owner: ["doesn't exist"] });
    const before = metadata
      .list()
      .find(
        (entry) =>
          entry.attributes.owner_type === attributes.owner_type &&
          entry.attributes.owner_id === attributes.owner_id &&
          entry.attributes.key === attributes.key,
      );
    // No values take the key away.
    if (attributes.values.length === 0) {
      if (before !== undefined) account.remove("metadata", before.id);
      return call.c.body(null, 204);
    }
    const entry =
      before === undefined
        ? account.add("metadata", attributes)
        : account.change("metadata", before.id, attributes);
    return call.c.json({ data: resourceOf(metadataKind, entry, context) }, before === undefined ? 201 : 200);
  });

  api.route("GET", "/api/v2/team-members", "team-members.list", ({ c }) => {
    const asked = new URL(c.req.url);
    const email = asked.searchParams.get("email");
    if (email === null) return c.json(page(account.people.map(personResource), asked));
    const person = account.people.find((candidate) => candidate.email === email);
    if (person === undefined) throw notFound();
    return c.json({ data: personResource(person) });
  });
  api.route("POST", "/api/v2/team-members", "team-members.invite", ({ c, body }) => {
    if (typeof body.email !== "string" || !body.email.includes("@"))
      throw unprocessable({ email: ["is invalid"] });
    const { person, isNew } = account.invite(body.email);
    return c.json({ data: personResource(person) }, isNew ? 201 : 200);
  });
  api.route("DELETE", "/api/v2/team-members", "team-members.remove", ({ c }) => {
    if (!account.dismiss(c.req.query("email") ?? "")) throw notFound();
    return c.body(null, 204);
  });
  api.route("GET", "/api/v2/team-members/:id", "team-members.get", ({ c, id }) => {
    const person = account.people.find((candidate) => candidate.id === id);
    if (person === undefined) throw notFound();
    return c.json({ data: personResource(person) });
  });

  api.route("GET", "/api/v2/monitor-groups/:id/monitors", "monitor-groups.monitors", ({ c, id, lag }) => {
    if (account.in("monitor-groups").get(id, lag) === undefined) throw notFound();
    const inGroup = account
      .in("monitors")
      .list(lag)
      .filter(({ attributes }) => attributes.monitor_group_id === id);
    return c.json(
      page(
        inGroup.map((entry) => resourceOf(monitorKind, entry, context)),
        new URL(c.req.url),
      ),
    );
  });
  api.route(
    "GET",
    "/api/v2/heartbeat-groups/:id/heartbeats",
    "heartbeat-groups.heartbeats",
    ({ c, id, lag }) => {
      if (account.in("heartbeat-groups").get(id, lag) === undefined) throw notFound();
      const inGroup = account
        .in("heartbeats")
        .list(lag)
        .filter(({ attributes }) => attributes.heartbeat_group_id === id);
      return c.json(
        page(
          inGroup.map((entry) => resourceOf(heartbeatKind, entry, context)),
          new URL(c.req.url),
        ),
      );
    },
  );
};

import { createApp } from "../machines/create";
import type { Estate } from "../machines/estate";
import type { Lifecycle } from "../machines/lifecycle";
import { Refusal } from "../machines/refusal";
import type { App } from "../model/machine";
import type { Api } from "./call";
import { appView, orgMachineView, volumeView } from "./views";

/** The app of a path. */
export const appOf = (estate: Estate, name: string | undefined): App => {
  const app = estate.apps.get(name ?? "");
  if (app === undefined) throw new Refusal(404, `app not found: ${name ?? ""}`);
  return app;
};

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Machines a page of the organization's list. */
const pageSize = 100;

/** Apps, volumes, and the organization's own lists. */
export const appRoutes = (api: Api, estate: Estate, lifecycle: Lifecycle): void => {
  const checkOrg = (org: string | undefined): void => {
    if (org !== estate.org) throw new Refusal(404, `organization not found: ${org ?? ""}`);
  };

  api.route("GET", "/apps", "apps.list", ({ c }) => {
    const org = c.req.query("org_slug");
    if (org === undefined) throw new Refusal(400, "invalid_argument: org_slug is required");
    checkOrg(org);
    const apps = [...estate.apps.values()].map((app) => appView(app, estate));
    return c.json({ total_apps: apps.length, apps });
  });
  api.route("POST", "/apps", "apps.create", async ({ c, body }) => {
    const wish = await body();
    checkOrg(textOf(wish.org_slug));
    const app = createApp(estate, textOf(wish.app_name) ?? textOf(wish.name) ?? "", textOf(wish.network));
    return c.json({ id: app.id, created_at: app.createdAt }, 201);
  });
  api.route("GET", "/apps/:app", "apps.get", ({ c }) =>
    c.json(appView(appOf(estate, c.req.param("app")), estate)),
  );
  api.route("DELETE", "/apps/:app", "apps.delete", ({ c }) => {
    const app = appOf(estate, c.req.param("app"));
    const machines = estate.machinesOf(app.name);
    if (machines.length > 0 && c.req.query("force") !== "true")
      throw new Refusal(412, `failed_precondition: app ${app.name} still has ${machines.length} machines`);
    for (const machine of machines) lifecycle.destroy(machine, { force: true });
    for (const volume of estate.volumes.values())
      if (volume.app === app.name) estate.volumes.delete(volume.id);
    estate.apps.delete(app.name);
    return c.body(null, 202);
  });

  api.route("GET", "/apps/:app/volumes", "volumes.list", ({ c }) => {
    const app = appOf(estate, c.req.param("app"));
    return c.json([...estate.volumes.values()].filter((volume) => volume.app === app.name).map(volumeView));
  });
  api.route("GET", "/apps/:app/volumes/:volume", "volumes.get", ({ c }) => {
    const app = appOf(estate, c.req.param("app"));
    const volume = estate.volumes.get(c.req.param("volume") ?? "");
    if (volume?.app !== app.name) throw new Refusal(404, "volume not found");
    return c.json(volumeView(volume));
  });

  api.route("GET", "/orgs/:org/machines", "orgs.machines", ({ c }) => {
    checkOrg(c.req.param("org"));
    const after = Date.parse(c.req.query("updated_after") ?? "1970-01-01T00:00:00Z");
    if (Number.isNaN(after)) throw new Refusal(400, "invalid_argument: updated_after is not a time");
    const deleted = c.req.query("include_deleted") === "true";
    const limit = Math.min(pageSize, Math.max(1, Number(c.req.query("limit") ?? pageSize)));
    const [time = "0", last = ""] = Buffer.from(c.req.query("cursor") ?? "", "base64url")
      .toString()
      .split(" ");
    const all = [...estate.machines.values()]
      .filter((machine) => (deleted || machine.state !== "destroyed") && machine.updatedAt > after)
      .toSorted((a, b) => a.updatedAt - b.updatedAt || a.id.localeCompare(b.id))
      .filter(({ updatedAt, id }) => updatedAt > Number(time) || (updatedAt === Number(time) && id > last));
    const page = all.slice(0, limit);
    const end = page.at(-1);
    return c.json({
      machines: page.map(orgMachineView),
      ...(end && {
        last_machine_id: end.id,
        last_updated_at: new Date(end.updatedAt).toISOString(),
        ...(all.length > limit && {
          next_cursor: Buffer.from(`${end.updatedAt} ${end.id}`).toString("base64url"),
        }),
      }),
    });
  });
  api.route("GET", "/orgs/:org/volumes", "orgs.volumes", ({ c }) => {
    checkOrg(c.req.param("org"));
    return c.json({ volumes: [...estate.volumes.values()].map(volumeView) });
  });
};

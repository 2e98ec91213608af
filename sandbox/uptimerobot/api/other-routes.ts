import type { Api } from "../../monitoring/api";
import type { Kinds } from "../account";
import { notFound } from "../answers";
import { alertContactKind } from "../kinds/alert-contact";
import type { KindContext } from "../kinds/kind";
import { monitorKind } from "../kinds/monitor";

/** Pausing and starting monitors, and what belongs to the user. */
export const otherRoutes = (api: Api, context: KindContext, forget: (monitor: number) => void): void => {
  const { account } = context;
  const change = (id: number, patch: Partial<Kinds["monitors"]>): object => {
    const before = account.in("monitors").get(id);
    if (before === undefined) throw notFound(monitorKind.title);
    return monitorKind.shown(account.change("monitors", id, { ...before.attributes, ...patch }), context, 0);
  };
  api.route("POST", "/v3/monitors/:id/pause", "monitors.pause", ({ c, id }) =>
    c.json(change(id, { paused: true })),
  );
  api.route("POST", "/v3/monitors/:id/start", "monitors.start", ({ c, id }) =>
    c.json(change(id, { paused: false })),
  );
  api.route("POST", "/v3/monitors/:id/reset", "monitors.reset", ({ c, id }) => {
    forget(id);
    return c.json(change(id, {}));
  });

  api.route("GET", "/v3/user/me", "user.me", ({ c, lag }) => {
    const { plan, owner } = account;
    return c.json({
      email: owner.email,
      fullName: owner.name,
      monitorsCount: account.in("monitors").list(lag).length,
      monitorLimit: plan.monitorLimit,
      smsCredits: 0,
      activeSubscription: { plan: plan.name, monitorLimit: plan.monitorLimit, status: "active" },
    });
  });
  // One list without pages, unlike all the others.
  api.route("GET", "/v3/user/alert-contacts", "alert-contacts.list", ({ c, lag }) =>
    c.json(
      account
        .in("alert-contacts")
        .list(lag)
        .map((entry) => alertContactKind.shown(entry, context, lag)),
    ),
  );
  api.route("GET", "/v3/user/all-alert-contacts", "alert-contacts.all", ({ c, lag }) =>
    c.json([
      {
        notifyOnly: false,
        orgAlertContactId: null,
        user: { id: account.owner.id, name: account.owner.name },
        alertContacts: [
          ...account
            .in("alert-contacts")
            .list(lag)
            .map(({ id, attributes: { friendlyName: name, value, type } }) => ({ id, name, value, type })),
          ...account
            .in("integrations")
            .list(lag)
            .map(({ id, attributes: { friendlyName: name, address: value, type } }) => ({
              id,
              name,
              value,
              type,
            })),
        ].map((contact) => ({ ...contact, status: "Active", threshold: 0, recurrence: 0 })),
      },
    ]),
  );
};

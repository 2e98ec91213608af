import { createMachine, wantedConfig } from "../machines/create";
import type { Estate } from "../machines/estate";
import { guardLease, leaseOf, releaseLease, takeLease } from "../machines/leases";
import type { Lifecycle, StopWish } from "../machines/lifecycle";
import { Refusal } from "../machines/refusal";
import { shownConfig } from "../model/config";
import type { Machine } from "../model/machine";
import type { Addresses } from "../host/addresses";
import { appOf } from "./app-routes";
import type { Api, CallContext } from "./call";
import { eventView, machineView } from "./views";
import { waitFor } from "./wait";

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Where machines go whose region is not named. */
const defaultRegion = "ord";

const signals = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGTERM"] as const;

const signalOf = (value: unknown): (typeof signals)[number] | undefined => {
  if (value === undefined || value === "") return undefined;
  const found = signals.find((name, index) => name === value || (value === 9 && index === 3));
  if (found === undefined) throw new Refusal(400, `invalid_argument: signal is one of ${signals.join(", ")}`);
  return found;
};

const stopWish = (signal: unknown, timeout: unknown): StopWish => ({
  signal: signalOf(signal),
  timeout: textOf(timeout),
});

const ttlOf = (value: unknown): number | undefined => {
  if (value === undefined) return undefined;
  const ttl = Number(value);
  if (!Number.isInteger(ttl) || ttl < 1)
    throw new Refusal(400, "invalid_argument: ttl is a number of seconds");
  return ttl;
};

/** The routes below /v1/apps/:app/machines. */
export const machineRoutes = (api: Api, estate: Estate, lifecycle: Lifecycle, addresses: Addresses): void => {
  const base = "/apps/:app/machines";
  const one = `${base}/:machine`;

  const machineOf = ({ c }: CallContext): Machine => {
    const app = appOf(estate, c.req.param("app"));
    const machine = estate.machines.get(c.req.param("machine") ?? "");
    if (machine?.app !== app.name) throw new Refusal(404, "machine not found");
    return machine;
  };
  /** A machine that the caller may change. */
  const mine = (call: CallContext): Machine => {
    const machine = machineOf(call);
    if (machine.state === "destroyed") throw new Refusal(404, "machine not found");
    if (machine.hostStatus !== "ok")
      throw new Refusal(503, "unavailable: the machine's host is not reachable");
    guardLease(machine, call.nonce);
    return machine;
  };

  api.route("GET", base, "machines.list", ({ c }) => {
    const app = appOf(estate, c.req.param("app"));
    const query = c.req.query();
    const deleted = query.include_deleted !== undefined && query.include_deleted !== "false";
    const states = query.state?.split(",");
    const metadata = Object.entries(query).flatMap(([key, value]) =>
      key.startsWith("metadata.") ? [[key.slice("metadata.".length), value] as const] : [],
    );
    const found = [...estate.machines.values()].filter(
      (machine) =>
        machine.app === app.name &&
        (deleted || machine.state !== "destroyed") &&
        (query.region === undefined || machine.region === query.region) &&
        (states === undefined || states.includes(machine.state)) &&
        metadata.every(([key, value]) => machine.config.metadata?.[key] === value),
    );
    const options = { summary: query.summary === "true", leases: query.include_leases === "true" };
    return c.json(found.map((machine) => machineView(machine, options)));
  });

  api.route("POST", base, "machines.create", async ({ c, owner, body }) => {
    const app = appOf(estate, c.req.param("app"));
    const wish = await body();
    const config = wantedConfig(wish.config);
    const machine = await createMachine(estate, addresses, {
      app: app.name,
      name: textOf(wish.name),
      region: textOf(wish.region) ?? defaultRegion,
      config,
    });
    const ttl = ttlOf(wish.lease_ttl);
    const lease = ttl === undefined ? undefined : takeLease(machine, { owner, ttl });
    if (wish.skip_launch === true) lifecycle.settle(machine);
    else lifecycle.launch(machine);
    return c.json({ ...machineView(machine), ...(lease && { nonce: lease.nonce }) });
  });

  api.route("GET", one, "machines.get", (call) =>
    call.c.json(machineView(machineOf(call), { leases: call.c.req.query("include_leases") === "true" })),
  );

  api.route("POST", one, "machines.update", async (call) => {
    const wish = await call.body();
    const machine = mine(call);
    const config = wantedConfig(wish.config);
    const region = textOf(wish.region);
    if (region !== undefined && region !== machine.region)
      throw new Refusal(400, "invalid_argument: a machine's region cannot be changed");
    const name = textOf(wish.name);
    if (name !== undefined && name !== machine.name)
      throw new Refusal(400, "invalid_argument: a machine's name cannot be changed");
    const expected = textOf(wish.current_version);
    if (expected !== undefined && expected !== machine.instanceId)
      throw new Refusal(
        412,
        `failed_precondition: machine is at version ${machine.instanceId}, not at ${expected}`,
      );
    lifecycle.update(machine, config, { skipLaunch: wish.skip_launch === true });
    return call.c.json(machineView(machine));
  });

  api.route("DELETE", one, "machines.delete", (call) => {
    const { force, kill } = call.c.req.query();
    lifecycle.destroy(mine(call), { force: force === "true" || kill === "true" });
    return call.c.json({ ok: true });
  });

  api.route("POST", `${one}/start`, "machines.start", (call) => {
    const before = lifecycle.start(mine(call), "user");
    return call.c.json({ previous_state: before });
  });
  api.route("POST", `${one}/stop`, "machines.stop", async (call) => {
    const wish = await call.body();
    lifecycle.stop(mine(call), "user", stopWish(wish.signal, wish.timeout));
    return call.c.json({ ok: true });
  });
  api.route("POST", `${one}/suspend`, "machines.suspend", (call) => {
    lifecycle.suspend(mine(call), "user");
    return call.c.json({ ok: true });
  });
  api.route("POST", `${one}/restart`, "machines.restart", (call) => {
    const { force_stop: force, signal, timeout } = call.c.req.query();
    lifecycle.restart(mine(call), stopWish(force === "true" ? "SIGKILL" : signal, timeout));
    return call.c.json({ ok: true });
  });
  api.route("POST", `${one}/signal`, "machines.signal", async (call) => {
    const wish = await call.body();
    const machine = mine(call);
    const signal = signalOf(wish.signal);
    if (signal === undefined) throw new Refusal(400, "invalid_argument: signal is required");
    if (machine.process === undefined)
      throw new Refusal(412, `failed_precondition: machine is ${machine.state}, not started`);
    machine.process.signal(signal);
    return call.c.json({ ok: true });
  });
  for (const [action, cordoned] of [
    ["cordon", true],
    ["uncordon", false],
  ] as const)
    api.route("POST", `${one}/${action}`, `machines.${action}`, (call) => {
      const machine = mine(call);
      machine.cordoned = cordoned;
      machine.updatedAt = Date.now();
      estate.changed(machine);
      return call.c.json({ ok: true });
    });

  api.route("GET", `${one}/wait`, "machines.wait", async (call) => {
    const machine = machineOf(call);
    const { version, instance_id: instanceId, timeout } = call.c.req.query();
    const states = call.c.req.queries("state") ?? [];
    const {
      state,
      instanceId: reached,
      events,
    } = await waitFor(estate, machine, {
      states,
      version: version ?? instanceId,
      timeout,
    });
    return call.c.json({ ok: true, state, version: reached, event_id: events[0]?.id });
  });
  api.route("GET", `${one}/events`, "machines.events", (call) => {
    const limit = Math.min(50, Math.max(1, Number(call.c.req.query("limit") ?? 20)));
    return call.c.json(machineOf(call).events.slice(0, limit).map(eventView));
  });
  api.route("GET", `${one}/versions`, "machines.versions", (call) =>
    call.c.json(
      machineOf(call).versions.map(({ instanceId, config, createdAt }) => ({
        version: instanceId,
        user_config: shownConfig(config),
        created_at: new Date(createdAt).toISOString(),
      })),
    ),
  );

  api.route("GET", `${one}/metadata`, "metadata.get", (call) =>
    call.c.json(machineOf(call).config.metadata ?? {}),
  );
  api.route("GET", `${one}/metadata/:key`, "metadata.get", (call) => {
    const value = machineOf(call).config.metadata?.[call.c.req.param("key") ?? ""];
    if (value === undefined) throw new Refusal(404, "metadata not found");
    return call.c.json({ value });
  });
  api.route("POST", `${one}/metadata/:key`, "metadata.set", async (call) => {
    const value = textOf((await call.body()).value);
    if (value === undefined) throw new Refusal(400, "invalid_argument: value is required");
    const machine = mine(call);
    machine.config = {
      ...machine.config,
      metadata: { ...machine.config.metadata, [call.c.req.param("key") ?? ""]: value },
    };
    machine.updatedAt = Date.now();
    return call.c.body(null, 204);
  });
  api.route("DELETE", `${one}/metadata/:key`, "metadata.delete", (call) => {
    const machine = mine(call);
    const { [call.c.req.param("key") ?? ""]: removed, ...metadata } = machine.config.metadata ?? {};
    if (removed === undefined) throw new Refusal(404, "metadata not found");
    machine.config = { ...machine.config, metadata };
    machine.updatedAt = Date.now();
    return call.c.body(null, 204);
  });

  const leaseAnswer = (machine: Machine, withNonce: boolean): object => {
    const lease = leaseOf(machine);
    if (lease === undefined) throw new Refusal(404, "lease not found");
    const { nonce, owner, description, expiresAt } = lease;
    return {
      status: "success",
      data: {
        ...(withNonce && { nonce }),
        owner,
        description,
        expires_at: Math.floor(expiresAt / 1_000),
        version: machine.instanceId,
      },
    };
  };
  api.route("GET", `${one}/lease`, "leases.get", (call) => call.c.json(leaseAnswer(machineOf(call), false)));
  api.route("POST", `${one}/lease`, "leases.take", async (call) => {
    const wish = await call.body();
    const machine = machineOf(call);
    if (machine.state === "destroyed") throw new Refusal(404, "machine not found");
    takeLease(machine, {
      owner: call.owner,
      nonce: call.nonce,
      ttl: ttlOf(wish.ttl ?? call.c.req.query("ttl")),
      description: textOf(wish.description),
    });
    return call.c.json(leaseAnswer(machine, true), 201);
  });
  api.route("DELETE", `${one}/lease`, "leases.release", (call) => {
    releaseLease(machineOf(call), call.nonce);
    return call.c.json({ ok: true });
  });
};

import { Hono, type Context } from "hono";
import { isDuration, milliseconds } from "../../infra/model/units";
import type { RunningApp } from "../apps/run-app";
import type { FaultBoard } from "../faults/fault-board";
import type { Service } from "../service";
import { answerPage } from "../page/document";
import { controlPage, controlStyle } from "./page";
import { stateOf } from "./state";

/** Forms post from the page itself; a page of somewhere else must not break things by a hidden form. */
const notFound = (c: Context, what: string, known: readonly string[]): Response =>
  c.json({ error: `no such ${what}`, known }, 404);

const switchOn = async (c: Context, board: FaultBoard, fault: string): Promise<Response> => {
  const body = await c.req.text();
  let parameters: unknown = {};
  try {
    if (body.trim() !== "") parameters = JSON.parse(body);
  } catch {
    return c.json({ error: "the body is not JSON" }, 400);
  }
  const lasts = c.req.query("for");
  if (lasts !== undefined && !isDuration(lasts))
    return c.json({ error: 'for: a duration such as "30s" is needed' }, 400);
  const result = await board.switchOn(fault, parameters);
  if (lasts !== undefined && result.kind === "on")
    setTimeout(() => {
      // Not what was switched on again meanwhile.
      if (board.active()[fault]?.since === result.active.since) void board.switchOff(fault);
    }, milliseconds(lasts)).unref();
  switch (result.kind) {
    case "unknown":
      return notFound(c, "fault", result.known);
    case "refused":
      return c.json({ error: "wrong parameters", mistakes: result.mistakes }, 400);
    case "on":
      return c.json({ fault, ...result.active });
  }
};

const switchOff = async (c: Context, board: FaultBoard, fault: string): Promise<Response> =>
  (await board.switchOff(fault))
    ? c.json({ fault, off: true })
    : notFound(
        c,
        "fault",
        board.known.map(({ name }) => name),
      );

/** The control server: state, switches, and a page with the same switches as buttons. */
export const controlServer = (
  apps: readonly RunningApp[],
  services: Readonly<Record<string, Service>>,
): Hono => {
  const appBoard = (name: string): FaultBoard | undefined => apps.find((app) => app.name === name)?.faults;
  const serviceBoard = (name: string): FaultBoard | undefined => services[name]?.faults;
  const appNames = apps.map(({ name }) => name);
  const server = new Hono();

  server.get("/", (c) => answerPage(c, controlPage(apps, services)));
  server.get("/style.css", (c) => c.body(controlStyle, 200, { "Content-Type": "text/css; charset=utf-8" }));
  server.get("/state", (c) => c.json(stateOf(apps, services)));

  server.put("/apps/:app/faults/:fault", (c) => {
    const board = appBoard(c.req.param("app"));
    return board === undefined ? notFound(c, "app", appNames) : switchOn(c, board, c.req.param("fault"));
  });
  server.delete("/apps/:app/faults/:fault", (c) => {
    const board = appBoard(c.req.param("app"));
    return board === undefined ? notFound(c, "app", appNames) : switchOff(c, board, c.req.param("fault"));
  });
  server.delete("/faults", async (c) => {
    const boards = [...apps, ...Object.values(services)].map(({ faults }) => faults);
    await Promise.all(boards.map((board) => board.clear()));
    return c.json({ off: true });
  });

  // The page's buttons: a form can only POST, so each says what to do with one fault.
  server.post("/toggle", async (c) => {
    const origin = c.req.header("origin");
    if (origin !== undefined && origin !== new URL(c.req.url).origin) return c.text("from another page", 403);
    const form = await c.req.parseBody();
    const [place, fault, turn] = [form.place, form.fault, form.turn].map(String);
    const board = appBoard(place ?? "") ?? serviceBoard(place ?? "");
    if (turn === "all-off")
      await Promise.all([...apps, ...Object.values(services)].map(({ faults }) => faults.clear()));
    else if (board === undefined)
      return notFound(c, "app or service", [...appNames, ...Object.keys(services)]);
    else if (turn === "off") await board.switchOff(fault ?? "");
    else await board.switchOn(fault ?? "", board.known.find(({ name }) => name === fault)?.example);
    return c.redirect("/", 303);
  });

  for (const [name, service] of Object.entries(services)) {
    server.put(`/${name}/faults/:fault`, (c) => switchOn(c, service.faults, c.req.param("fault")));
    server.delete(`/${name}/faults/:fault`, (c) => switchOff(c, service.faults, c.req.param("fault")));
    server.route(`/${name}`, service.control);
  }
  server.notFound((c) =>
    notFound(c, "address", [
      "/",
      "/state",
      "/faults",
      "/apps/:app/faults/:fault",
      ...Object.keys(services).map((name) => `/${name}/faults/:fault`),
    ]),
  );
  return server;
};

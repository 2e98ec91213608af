import { Hono, type Context } from "hono";
import { z } from "zod";
import type { LoggedCall } from "../api/call";
import { wantedConfig } from "../machines/create";
import { Refusal } from "../machines/refusal";
import { seedApp, seededAppSchema } from "../machines/seed";
import type { Machine } from "../model/machine";
import type { Platform } from "../platform";
import type { Proxies } from "../proxy/proxies";
import { answerPage } from "../../page/document";
import { flyPage, flyPageStyle } from "./page";
import { mergePatch } from "./merge-patch";
import { flyState, machineSummary } from "./state";
import type { recordTimeline } from "./timeline";

export interface ControlParts {
  readonly platform: Platform;
  readonly proxies: Proxies;
  readonly calls: LoggedCall[];
  readonly timeline: ReturnType<typeof recordTimeline>;
}

const signals = ["SIGKILL", "SIGTERM", "SIGINT", "SIGSEGV", "SIGABRT"] as const;
const killSchema = z.strictObject({ signal: z.enum(signals).default("SIGKILL") });
const hostSchema = z.strictObject({ status: z.enum(["ok", "unknown", "unreachable"]) });
const actSchema = z.object({
  act: z.enum(["pass", "start", "stop", "kill", "hang", "unhang"]),
  machine: z.string().default(""),
});
const memorySchema = z.strictObject({ mb: z.number().min(0) });

/** Forms post from the page itself; a page of somewhere else must not do things by a hidden form. */
/** Routes below `/fly` of the control server: what somebody else does to machines, and what became of them. */
export const controlRoutes = ({ platform, proxies, calls, timeline }: ControlParts): Hono => {
  const { estate, lifecycle } = platform;
  const app = new Hono();
  app.onError((error, c) => {
    if (error instanceof Refusal) return c.json({ error: error.message }, error.httpStatus);
    if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400);
    return c.json({ error: error.message }, 500);
  });
  const bodyOf = async (c: Context): Promise<unknown> => {
    const text = await c.req.text();
    if (text.trim() === "") return {};
    return Promise.resolve(text)
      .then(JSON.parse)
      .catch(() => {
        throw new Refusal(400, "the body is not JSON");
      });
  };
  const machineNamed = (wanted: string): Machine => {
    // By name where it is the only one of that name: a test knows names, not ids.
    const named = [...estate.machines.values()].filter(
      ({ id, name, state }) => id === wanted || (name === wanted && state !== "destroyed"),
    );
    const [machine] = named;
    if (machine === undefined || named.length > 1) throw new Refusal(404, `no such machine: ${wanted}`);
    return machine;
  };
  const machineOf = (c: Context): Machine => machineNamed(c.req.param("machine") ?? "");
  const programOf = (machine: Machine) => {
    if (machine.process === undefined) throw new Refusal(412, `machine ${machine.id} is ${machine.state}`);
    return machine.process;
  };

  /** What the page's buttons do. */
  const byHand = (act: "start" | "stop" | "kill" | "hang" | "unhang", machine: Machine): void => {
    switch (act) {
      case "start":
        lifecycle.start(machine, "user");
        return;
      case "stop":
        lifecycle.stop(machine, "user");
        return;
      case "kill":
        programOf(machine).signal("SIGKILL");
        return;
      case "hang":
        programOf(machine).signal("SIGSTOP");
        return;
      case "unhang":
        programOf(machine).signal("SIGCONT");
    }
  };

  app.get("/", (c) => {
    return answerPage(c, flyPage(platform, proxies));
  });
  app.get("/style.css", (c) => c.body(flyPageStyle, 200, { "Content-Type": "text/css; charset=utf-8" }));
  // The page's buttons: a form can only POST.
  app.post("/act", async (c) => {
    const origin = c.req.header("origin");
    if (origin !== undefined && origin !== new URL(c.req.url).origin) return c.text("from another page", 403);
    const { act, machine } = actSchema.parse(await c.req.parseBody());
    if (act === "pass") proxies.pass();
    else byHand(act, machineNamed(machine));
    return c.redirect("/fly", 303);
  });

  app.get("/state", (c) => c.json(flyState(platform, proxies)));
  app.get("/calls", (c) => c.json({ calls }));
  app.delete("/calls", (c) => {
    calls.length = 0;
    return c.json({ ok: true });
  });
  app.get("/timeline", (c) => {
    const wanted = c.req.query("app");
    return c.json({
      moments: timeline.moments.filter((moment) => wanted === undefined || moment.app === wanted),
    });
  });
  app.get("/held", (c) => c.json({ held: proxies.traffic.held }));
  app.get("/processes", (c) =>
    c.json({
      processes: [...estate.machines.values()].flatMap((machine) =>
        machine.process === undefined ? [] : [machineSummary(machine, proxies)],
      ),
    }),
  );
  app.post("/pass", (c) => c.json({ stopped: proxies.pass() }));

  app.post("/apps", async (c) => {
    const wish = seededAppSchema.parse(await bodyOf(c));
    const machines = await seedApp(platform, wish);
    const url = await proxies.open(wish.name);
    return c.json({
      name: wish.name,
      ...(url !== undefined && { url }),
      machines: machines.map((machine) => machineSummary(machine, proxies)),
    });
  });

  app.get("/machines/:machine", (c) => {
    const machine = machineOf(c);
    return c.json({ ...machineSummary(machine, proxies), config: machine.config, events: machine.events });
  });
  app.get("/machines/:machine/log", (c) =>
    c.text(
      machineOf(c)
        .log.map((line) => `${line}\n`)
        .join(""),
    ),
  );
  // As somebody does with `fly machine update`: no lease asked for, whatever is declared elsewhere.
  app.patch("/machines/:machine/config", async (c) => {
    const machine = machineOf(c);
    const config = wantedConfig(mergePatch(machine.config, await bodyOf(c)));
    lifecycle.update(machine, config, { skipLaunch: machine.state !== "started" });
    return c.json(machineSummary(machine, proxies));
  });
  app.post("/machines/:machine/kill", async (c) => {
    const { signal } = killSchema.parse(await bodyOf(c));
    programOf(machineOf(c)).signal(signal);
    return c.json({ ok: true });
  });
  // Stopped in its tracks: connections are taken by the kernel, and nobody answers.
  app.put("/machines/:machine/hang", (c) => {
    programOf(machineOf(c)).signal("SIGSTOP");
    return c.json({ ok: true });
  });
  app.delete("/machines/:machine/hang", (c) => {
    programOf(machineOf(c)).signal("SIGCONT");
    return c.json({ ok: true });
  });
  app.put("/machines/:machine/host", async (c) => {
    const machine = machineOf(c);
    machine.hostStatus = hostSchema.parse(await bodyOf(c)).status;
    estate.changed(machine);
    return c.json(machineSummary(machine, proxies));
  });
  app.put("/machines/:machine/memory", async (c) => {
    const machine = machineOf(c);
    machine.pressure = memorySchema.parse(await bodyOf(c)).mb;
    return c.json({ ok: true });
  });
  return app;
};

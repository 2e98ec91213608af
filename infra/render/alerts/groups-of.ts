import type { ResolvedApp } from "../../model/app";

type Groups = Pick<ResolvedApp, "processGroups">;

/** The names of all process groups. */
export const allGroups = (app: Groups): string[] => Object.keys(app.processGroups);

/** The process groups that answer requests from outside. */
export const serviceGroups = (app: Groups): string[] =>
  allGroups(app).filter((name) => (app.processGroups[name]?.services.length ?? 0) > 0);

/** The process groups of which at least one machine must always run: Fly may not stop them all. */
export const alwaysOnGroups = (app: Groups): string[] =>
  Object.entries(app.processGroups)
    .filter(
      ([, { autoscaling, autoStop }]) =>
        autoStop === undefined ||
        autoStop.autoStopMachines === "off" ||
        (autoscaling?.minMachinesRunning ?? 0) > 0,
    )
    .map(([name]) => name);

/** The process groups whose idle machines Fly stops. */
export const stoppingGroups = (app: Groups): string[] =>
  Object.entries(app.processGroups)
    .filter(([, { autoStop }]) => autoStop !== undefined && autoStop.autoStopMachines !== "off")
    .map(([name]) => name);

/** The process groups that Fly starts on request. */
export const startedOnRequest = (app: Groups): string[] =>
  Object.entries(app.processGroups)
    .filter(
      ([, { autoscaling, autoStop }]) =>
        autoStop?.autoStartMachines === true &&
        autoStop.autoStopMachines !== "off" &&
        autoscaling?.minMachinesRunning === 0,
    )
    .map(([name]) => name);

/** The process groups that answer with HTTP, so that Fly counts their answers. */
export const httpGroups = (app: Groups): string[] =>
  serviceGroups(app).filter((name) =>
    app.processGroups[name]?.services.some(
      (service) => service.kind === "http" || service.ports.some(({ handlers }) => handlers.includes("http")),
    ),
  );

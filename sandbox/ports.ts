import type { App } from "./apps/catalogue";
import { catalogue } from "./apps/catalogue";

// Places above the base. An app's place does not depend on which other apps run, so that addresses stay the same.
const control = 0;
const firstService = 1;
const firstSecond = 10;
const firstApp = 20;
const perApp = 5;
// Above all else, so that the others' places stay. A proxy has the place of its app.
const firstFly = 60;

/** Which ports are wanted: free ones (0) without a base, else fixed places above it. */
export interface Ports {
  readonly control: number;
  service(index: number): number;
  /** Of a service that has two. */
  second(index: number): number;
  app(app: App, listener: number): number;
  /** The Machines API. */
  readonly fly: number | undefined;
}

/** The highest port above a base that may be taken. */
export const portsTaken = firstFly;

export const portsFrom = (base: number | undefined): Ports => ({
  control: base === undefined ? 0 : base + control,
  service: (index) => (base === undefined ? 0 : base + firstService + index),
  second: (index) => (base === undefined ? 0 : base + firstSecond + index),
  app: (app, listener) =>
    base === undefined ? 0 : base + firstApp + catalogue.indexOf(app) * perApp + listener,
  fly: base === undefined ? undefined : base + firstFly,
});

import type { Socket } from "node:net";
import type { Hono, MiddlewareHandler } from "hono";
import type { Fault } from "../faults/fault";
import type { FaultBoard } from "../faults/fault-board";

/** What the answers of a product may depend on. */
export interface ProductContext {
  /** The app's switches. */
  readonly faults: Pick<FaultBoard, "read">;
  /** When the app was started, milliseconds since the epoch. */
  readonly startedAt: number;
}

/** One port of an app. */
export type Listener =
  | {
      readonly port: string;
      readonly kind: "http";
      readonly routes: Hono;
      /** Sees every request, also those that a fault answers. */
      readonly observe?: MiddlewareHandler;
    }
  | { readonly port: string; readonly kind: "tcp"; readonly onConnection: (socket: Socket) => void };

/** A program that one or more apps of the fleet run: its ports, its answers, its own ways to break. */
export interface Product {
  /** Faults beyond those that can happen to any app. */
  readonly faults: readonly Fault[];
  /** The paths that health checks ask. */
  readonly checkPaths: readonly string[];
  /** The first listener is the app's address. */
  listeners(context: ProductContext): readonly [Listener, ...Listener[]];
}

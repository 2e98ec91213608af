import { Hono } from "hono";
import { milliseconds } from "../../infra/model/units";
import { oldApprovals } from "./faults";
import type { Product } from "./product";

// In health somebody approves every 20 seconds, so that the oldest waits less than the runbook's 30.
const approvedEvery = 20_000;

const approval = (createdAt: number) => {
  const conversationId = 1_000 + (Math.floor(createdAt / approvedEvery) % 1_000);
  return {
    id: `approval-${conversationId}-${createdAt}`,
    conversationId,
    createdAt: new Date(createdAt).toISOString(),
    pending: [
      { agent: "Order Support", tool: "cw_send_public_reply", args: JSON.stringify({ conversationId }) },
    ],
  };
};

/** The agent service. `GET /approvals` lists what waits for a person; its oldest entry is the signal. */
export const agentService: Product = {
  faults: [oldApprovals],
  checkPaths: ["/health"],
  listeners: ({ faults, startedAt }) => {
    const routes = new Hono();
    routes
      .get("/health", (c) =>
        c.json({
          status: "ok",
          service: "agent-service",
          version: "1.0.0",
          timestamp: new Date().toISOString(),
        }),
      )
      .get("/approvals", (c) => {
        const now = Date.now();
        const fresh = approval(now - ((now - startedAt) % approvedEvery));
        const old = faults.read(oldApprovals);
        return c.json(
          old === undefined ? [fresh] : [approval(old.since - milliseconds(old.parameters.age)), fresh],
        );
      });
    return [{ port: "http", kind: "http", routes }];
  },
};

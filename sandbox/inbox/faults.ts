import { z } from "zod";
import { fault, noParameters } from "../faults/fault";

/** The mail server refuses connections. */
export const smtpDown = fault({
  name: "smtp-down",
  summary: "the mail server refuses connections",
  parameters: noParameters,
  example: {},
});

/** The mail server takes connections and never greets. */
export const smtpHang = fault({
  name: "smtp-hang",
  summary: "the mail server never greets",
  parameters: noParameters,
  example: {},
});

/** The next `calls` mails (all until switched off when not given) are refused for now: the sender is to try again. */
export const smtpBusy = fault({
  name: "smtp-busy",
  summary: "mails are refused for now (4xx)",
  parameters: z.strictObject({
    calls: z.int().min(1).optional(),
    code: z.int().min(400).max(499).default(451),
  }),
  example: { code: 451 },
});

/** Connections to the webhooks, and to the page beside them, are refused. */
export const hooksDown = fault({
  name: "hooks-down",
  summary: "the webhooks refuse connections",
  parameters: noParameters,
  example: {},
});

/** A webhook by name; all where none is given. */
const hook = z.string().min(1).optional();

/** Webhooks take calls and never answer. */
export const hooksHang = fault({
  name: "hooks-hang",
  summary: "webhooks never answer",
  parameters: z.strictObject({ hook }),
  example: {},
});

/** Webhooks answer with an error; the next `calls` calls only, where given. `retryAfter` seconds go with it. */
export const hooksError = fault({
  name: "hooks-error",
  summary: "webhooks answer with an error",
  parameters: z.strictObject({
    hook,
    calls: z.int().min(1).optional(),
    status: z.int().min(400).max(599).default(500),
    retryAfter: z.int().min(0).optional(),
  }),
  example: { status: 500 },
});

/** Every way in which the inbox can be broken. */
export const inboxFaults = [smtpDown, smtpHang, smtpBusy, hooksDown, hooksHang, hooksError] as const;

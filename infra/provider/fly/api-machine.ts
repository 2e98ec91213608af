import { z } from "zod";

/** A JSON object whose keys we do not know. */
export type Json = { readonly [key: string]: unknown };

const check = z.looseObject({
  name: z.string(),
  status: z.string().optional(),
  output: z.string().nullish(),
});

const event = z.looseObject({
  type: z.string().optional(),
  status: z.string().optional(),
  source: z.string().optional(),
  /** Milliseconds since 1970. */
  timestamp: z.number().optional(),
  request: z.looseObject({}).nullish(),
});

/** What is used of Fly's machine; the config is kept whole, as it came. */
export const machineSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string().default(""),
  state: z.string(),
  region: z.string().default(""),
  /** The version of the config; changes with each update. */
  instance_id: z.string().default(""),
  /** Null while the machine's host cannot be asked. */
  config: z.record(z.string(), z.unknown()).nullish(),
  incomplete_config: z.record(z.string(), z.unknown()).nullish(),
  host_status: z.string().optional(),
  private_ip: z.string().nullish(),
  cordoned: z.boolean().nullish(),
  checks: z.array(check).nullish(),
  events: z.array(event).nullish(),
});

/** A machine as the Machines API answers it. */
export type ApiMachine = z.infer<typeof machineSchema>;

/** A machine whose host answers, so that its whole config is known. */
export type ReadableMachine = ApiMachine & { readonly config: Json };

export const isReadable = (machine: ApiMachine): machine is ReadableMachine =>
  machine.config !== null &&
  machine.config !== undefined &&
  (machine.host_status === undefined || machine.host_status === "ok");

export const asObject = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

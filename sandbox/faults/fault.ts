import { z } from "zod";

/** One way in which something of the sandbox can be broken: a name, what it does, and its parameters. */
export interface Fault<Schema extends z.ZodType<object> = z.ZodType<object>> {
  readonly name: string;
  readonly summary: string;
  /** Validates the parameters and fills their defaults. */
  readonly parameters: Schema;
  /** Parameters that the toggle button of the control page sends. */
  readonly example: z.input<Schema>;
}

/** Declares a fault, so that its parameters are typed wherever it is asked for. */
export const fault = <Schema extends z.ZodType<object>>(declared: Fault<Schema>): Fault<Schema> => declared;

/** Parameters of a fault that is only on or off. */
export const noParameters = z.strictObject({});

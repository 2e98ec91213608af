import * as pulumi from "@pulumi/pulumi";
import { located } from "./located";
import { Refusal } from "./model/diagnostics";

/** Runs `make`; the user's mistakes become an error that Pulumi prints without a stack, each with its line. */
export const withoutStack = <T>(make: () => T): T => {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { message } = new Refusal(error.diagnostics.map(located(pulumi.getRootDirectory())));
    // Pulumi looks into the stack of whatever ends a program, which takes Node 20 some twenty seconds.
    throw Object.assign(new pulumi.RunError(message), { stack: "" });
  }
};

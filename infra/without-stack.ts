import * as pulumi from "@pulumi/pulumi";
import { Refusal } from "./model/diagnostics";

/** Runs `make`; the user's mistakes become an error that Pulumi prints without a stack. */
export const withoutStack = <T>(make: () => T): T => {
  try {
    return make();
  } catch (error) {
    throw error instanceof Refusal ? new pulumi.RunError(error.message) : error;
  }
};

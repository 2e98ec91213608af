import { z } from "zod";
import { limits } from "../../model/limits";

// Names of things on Fly, as inputs of every kind have them.

export const appName = z
  .string("must be the app's name")
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    "must be the app's name on Fly: lower-case letters, digits and dashes, and no dash at either end",
  )
  .max(limits.appNameLength, `must have at most ${limits.appNameLength} characters`);

export const region = z
  .string("must be a region")
  .regex(/^[a-z]{3}$/, 'must be a region\'s code, such as "ord"');

export const onDestroy = z.enum(["delete", "keep"], 'must be "delete" or "keep"');

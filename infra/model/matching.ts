import { z } from "zod";

/** A text of a certain form; the words say which form, and how to write it. */
export const matching = (pattern: RegExp, limit: string, mend: string): z.ZodString =>
  z.string().refine((text) => pattern.test(text), { params: { limit, mend } });

import { stringify } from "yaml";
import { commentBlock } from "./generated-marker";
import { inKeyOrder } from "./key-order";
import type { Settings } from "./toml-text";

/** What tells one list item from the next comes first in it. */
const leadingKeys = ["name", "group", "type", "enabled", "url", "method", "headers", "body", "interval"];

/**
 * A YAML document as text: `header` as comment lines, then `value` in a fixed order of keys, one newline at the end.
 * Strings that a YAML 1.1 or 1.2 reader would take for something else are quoted ("on", "0644", "1:30"), long
 * lines are not folded, and repeated values are written out, not aliased. Keys that are `undefined` are left out.
 */
export const yamlText = (value: Settings, header: string): string =>
  `${commentBlock(header)}\n\n${stringify(inKeyOrder(value, leadingKeys), {
    aliasDuplicateObjects: false,
    blockQuote: "literal",
    compat: "yaml-1.1",
    keepUndefined: false,
    lineWidth: 0,
  })}`;

import { parse } from "@iarna/toml";
import { flyTomlText } from "../../render/toml-text";
import { structuredFile } from "./structured-file";

/** An app's fly.toml fragment. */
export const flyToml = structuredFile("flymon:fly:FlyToml", "A fly.toml fragment, written as a file.", {
  format: "TOML",
  text: flyTomlText,
  parse,
});

import { parse } from "yaml";
import { yamlText } from "../../render/yaml-text";
import { structuredFile } from "./structured-file";

/** Gatus' configuration; Gatus reloads a changed file by itself within 30 s. */
export const gatusConfig = structuredFile("flymon:gatus:Config", "Gatus' configuration, written as a file.", {
  format: "YAML",
  text: yamlText,
  parse: (text: string): unknown => parse(text),
});

import { parse } from "yaml";
import { gatusMistakes } from "../../model/gatus-config";
import { yamlText } from "../../render/yaml-text";
import { structuredFile } from "./structured-file";

/** Gatus' configuration; Gatus reloads a changed file by itself within 30 s, and says nothing of what it cannot use. */
export const gatusConfig = structuredFile("flymon:gatus:Config", "Gatus' configuration, written as a file.", {
  format: "YAML",
  text: (settings, header) => {
    const mistakes = gatusMistakes(settings);
    if (mistakes.length > 0) throw new Error(mistakes.join("; "));
    return yamlText(settings, header);
  },
  parse: (text: string): unknown => parse(text),
});

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { guestFolder } from "../../infra/model/watchtower";
import { alertmanagerFile, templateFile } from "../../infra/render/alertmanager/texts";
import type { EngineName } from "../../toolchain/setup";
import type { Complaint } from "./complaints";
import { lineOfWords } from "./complaints";
import { ask } from "./engine";

/** Judges one kind of file by the engine that will read it. */
export interface Checker {
  /** Whose files they are. */
  readonly what: string;
  readonly engine: EngineName;
  /** Which files of a folder it reads. */
  readonly reads: (file: string) => boolean;
  /** @param files those of the folder that it reads */
  readonly check: (
    program: string,
    folder: string,
    files: readonly string[],
  ) => Promise<readonly Complaint[]>;
}

const complaintAbout = (folder: string, file: string, words: string): Complaint => ({
  file,
  line: lineOfWords(words, readFileSync(path.join(folder, file), "utf8")),
  words: words.trim(),
});

/** The part of what VictoriaMetrics' programs say that is about the files: without time, level and source line. */
const fatalWords = (output: string): string =>
  output
    .split(/^\S+\tfatal\t\S+\t/m)
    .at(-1)
    ?.trim() ?? output;

/** vmalert names each file that it refuses, all at once. */
const alerts: Checker = {
  what: "alert rules",
  engine: "vmalert",
  reads: (file) => /^alerts\/rules\/[^/]+\.yaml$/.test(file),
  check: async (program, folder, files) => {
    const { accepted, output } = await ask(
      program,
      ["-dryRun", "-loggerLevel=ERROR", "-rule=alerts/rules/*.yaml"],
      folder,
    );
    if (accepted) return [];
    const words = fatalWords(output).replace(/^failed to parse "\[.*?errors\(\d+\): \n/s, "");
    const parts = words.split(/\n(?=failed to parse file |invalid group )/);
    return parts.map((part) => {
      const file = /\bfile "([^"]+)"/.exec(part)?.[1];
      return file !== undefined && files.includes(file)
        ? complaintAbout(
            folder,
            file,
            part.replace(/^failed to parse file "[^"]+": /, "").replace(` in file "${file}"`, ""),
          )
        : { file: "alerts/rules", words: part };
    });
  },
};

/** amtool reads templates too, if it finds them: their path is one of the machine that Alertmanager runs on. */
const alertmanager: Checker = {
  what: "Alertmanager's configuration",
  engine: "amtool",
  reads: (file) => file.startsWith("alertmanager/"),
  check: async (program, folder) => {
    const aside = mkdtempSync(path.join(tmpdir(), "flymon-check-"));
    try {
      cpSync(path.join(folder, "alertmanager"), path.join(aside, "alertmanager"), { recursive: true });
      const config = path.join(aside, alertmanagerFile);
      const text = readFileSync(config, "utf8");
      writeFileSync(config, text.replaceAll(`${guestFolder}/alertmanager/`, `${aside}/alertmanager/`));
      const { accepted, output } = await ask(program, ["check-config", alertmanagerFile], aside);
      if (accepted) return [];
      // Each verdict up to the empty line, or the summary, that ends it.
      return [
        ...output.replaceAll(aside, guestFolder).matchAll(/\bFAILED: (.*?)(?=\n\n|\nFound:|\namtool: |$)/gs),
      ].map(([, words = ""]) => {
        const line = /^template: [^:]+:(\d+)/.exec(words)?.[1];
        return line === undefined
          ? complaintAbout(folder, alertmanagerFile, words)
          : { file: templateFile, line: Number(line), words };
      });
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
  },
};

const metrics: Checker = {
  what: "the store's scrape configuration",
  engine: "victoria-metrics",
  reads: (file) => file === "metrics/scrape.yaml",
  check: async (program, folder) => {
    const file = "metrics/scrape.yaml";
    const { accepted, output } = await ask(
      program,
      ["-dryRun", "-loggerLevel=ERROR", `-promscrape.config=${file}`],
      folder,
    );
    return accepted
      ? []
      : [
          complaintAbout(
            folder,
            file,
            fatalWords(output).replace(/^.*?cannot (?:unmarshal data|parse): /s, ""),
          ),
        ];
  },
};

const jsonExporter: Checker = {
  what: "json_exporter's modules",
  engine: "json_exporter",
  reads: (file) => file === "json-exporter/config.yaml",
  check: async (program, folder) => {
    const file = "json-exporter/config.yaml";
    const { accepted, output } = await ask(program, ["--config.check", `--config.file=${file}`], folder);
    if (accepted) return [];
    const errors = output.split("\n").filter((line) => line.includes("level=ERROR"));
    return [complaintAbout(folder, file, (errors.length > 0 ? errors : [output]).join("\n"))];
  },
};

/** What can be judged, by the name that `--only` takes. Gatus has no checker: it can only be run. */
export const checkers = {
  alerts,
  alertmanager,
  metrics,
  "json-exporter": jsonExporter,
} as const satisfies Record<string, Checker>;
export type CheckerName = keyof typeof checkers;
export const checkerNames = Object.keys(checkers) as CheckerName[];

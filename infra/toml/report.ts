import type { Finding } from "./finding";

const place = ({ file, line, column }: Finding): string => `${file}:${line}:${column}`;
const indented = (text: string, by: string): string =>
  text
    .split("\n")
    .map((line) => by + line)
    .join("\n");

/** Findings for people, by file: the place, what happens on Fly, the lines to paste. */
export const textReport = (findings: readonly Finding[]): string =>
  findings
    .map((finding) =>
      [
        `${place(finding)}  ${finding.severity}  ${finding.rule}`,
        indented(finding.message, "    "),
        indented(finding.fix, "        "),
      ].join("\n"),
    )
    .join("\n\n");

// The runner reads these as its own commands: what ends a property or a line must not end it early.
const escapedData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapedProperty = (text: string): string =>
  escapedData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** Findings as GitHub's workflow commands, one a line: they show beside the lines of a pull request. */
export const githubReport = (findings: readonly Finding[]): string =>
  findings
    .map((finding) => {
      const properties = {
        file: finding.file,
        line: finding.line,
        endLine: finding.endLine,
        col: finding.column,
        // A workflow command has columns only within one line.
        ...(finding.line === finding.endLine ? { endColumn: finding.endColumn } : {}),
        title: finding.rule,
      };
      const told = Object.entries(properties)
        .map(([key, value]) => `${key}=${escapedProperty(String(value))}`)
        .join(",");
      return `::${finding.severity} ${told}::${escapedData(`${finding.message}\n${finding.fix}`)}`;
    })
    .join("\n");

const escaped = (value: string): string => value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/**
 * A matcher as Alertmanager reads it. The value is always quoted: what a bare one may hold differs between
 * Alertmanager's parsers. Several values match as alternatives.
 */
export const matcher = (label: string, value: string | readonly string[]): string =>
  typeof value === "string"
    ? `${label}=${JSON.stringify(value)}`
    : `${label}=~${JSON.stringify(value.map(escaped).join("|"))}`;

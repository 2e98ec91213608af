/** Tells whether a series, by name and labels, is wanted. */
export type Matches = (name: string, labels: Readonly<Record<string, string>>) => boolean;

/** A series selector such as `{__name__=~"fly_.+",app=~"web|api"}`; undefined for what is none. */
export const selector = (text: string): Matches | undefined => {
  const [, name, inner] = /^\s*([a-zA-Z_:][\w:]*)?\s*(?:\{(.*)\})?\s*$/s.exec(text) ?? [];
  if (name === undefined && inner === undefined) return undefined;
  const matchers = [...(inner ?? "").matchAll(/([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)].map(
    ([, label = "", operator = "=", quoted = ""]) => {
      const value = quoted.replaceAll(/\\(.)/g, "$1");
      const pattern = operator.endsWith("~") ? new RegExp(`^(?:${value})$`) : undefined;
      const negated = operator.startsWith("!");
      // The same few names and labels come again and again.
      const known = new Map<string, boolean>();
      const test = (actual: string): boolean => {
        const before = known.get(actual);
        if (before !== undefined) return before;
        const found = (pattern === undefined ? actual === value : pattern.test(actual)) !== negated;
        known.set(actual, found);
        return found;
      };
      return { label, test };
    },
  );
  return (series, labels) =>
    (name === undefined || name === series) &&
    matchers.every(({ label, test }) => test(label === "__name__" ? series : (labels[label] ?? "")));
};

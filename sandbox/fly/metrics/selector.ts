/** A series selector such as `{__name__=~"fly_.+",app="web"}` as a test of a line in Prometheus' text format. */
export const selector = (text: string): ((line: string) => boolean) | undefined => {
  const [, name, inner] = /^\s*([a-zA-Z_:][\w:]*)?\s*(?:\{(.*)\})?\s*$/s.exec(text) ?? [];
  if (name === undefined && inner === undefined) return undefined;
  const matchers = [...(inner ?? "").matchAll(/([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)].map(
    ([, label = "", operator = "=", value = ""]) => {
      const pattern = operator.endsWith("~") ? new RegExp(`^(?:${value})$`) : undefined;
      const negated = operator.startsWith("!");
      return (labels: ReadonlyMap<string, string>) => {
        const actual = labels.get(label) ?? "";
        return (pattern === undefined ? actual === value : pattern.test(actual)) !== negated;
      };
    },
  );
  return (line) => {
    const [, series = "", pairs = ""] = /^([^{\s]+)(?:\{(.*)\})?\s/.exec(line) ?? [];
    const labels = new Map([["__name__", series]]);
    for (const [, label = "", value = ""] of pairs.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g))
      labels.set(label, value);
    return (name === undefined || name === series) && matchers.every((matches) => matches(labels));
  };
};

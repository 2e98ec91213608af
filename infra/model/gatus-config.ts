import { z } from "zod";

// Gatus' configuration as Gatus v5.36 reads it. Gatus passes over keys that it does not know and drops alerts of a
// provider that it finds invalid, both without a word that anybody hears; so what is written is judged here before.
// Source: README and config/ of github.com/TwiN/gatus.

/** A duration of Go, or a variable of the environment that becomes one. */
const goDuration = z
  .string("must be a duration such as 30s")
  .regex(/^(\d+(\.\d+)?(ms|s|m|h))+$|^\$\{[A-Z_]+\}$/, "must be a duration such as 30s or 1h30m");
const positive = z.int("must be a whole number").min(1, "must be 1 or more");
const filled = z.string("must be a text").min(1, "must not be empty");
const flag = z.boolean("must be true or false");
const texts = z.record(z.string(), z.string("must be a text"));
/** Another part of Gatus' configuration, which nothing here writes. */
const elsewhere = z.unknown();

/** "$NAME" is filled in from the environment, so a dollar that is meant as one is doubled. */
const hasBareDollar = (text: string): boolean =>
  /\$/.test(text.replaceAll(/\$\$|\$\{[A-Z_][A-Z0-9_]*\}/g, ""));

const placeholder =
  /^(?:\[(?:STATUS|RESPONSE_TIME|IP|CONNECTED|CERTIFICATE_EXPIRATION|DOMAIN_EXPIRATION|DNS_RCODE)\]|\[BODY\].*|(?:len|has)\(\[BODY\].*\))$/s;
const comparison = /^(.+?) (==|!=|<=|>=|<|>) (.+)$/s;

const condition = z.string("must be a condition").superRefine((text, context) => {
  const refuse = (message: string): void => {
    context.addIssue({ code: "custom", message });
  };
  const [, left = "", operator = "", right = ""] = comparison.exec(text) ?? [];
  if (operator === "") {
    refuse('must compare two things, as "[STATUS] == 200" does');
    return;
  }
  if (!placeholder.test(left)) refuse("must begin with a placeholder that Gatus knows, such as [STATUS]");
  // Gatus looks for the first of its signs, in an order of its own, wherever it stands.
  if (/ (?:==|!=|<=|>=|<|>) /.test(right) && !(/^pat\(/.test(right) && ["==", "!="].includes(operator)))
    refuse("must hold one comparison only");
  if (/ (?:==|!=) /.test(right)) refuse("must hold one comparison only");
});

const alert = z.strictObject({
  type: z.literal("custom", "must be custom: it is the one provider that is set up"),
  enabled: flag.optional(),
  description: filled.regex(/^[^"\\]*$/, 'must hold neither " nor \\: Gatus would not start'),
  "failure-threshold": positive,
  "success-threshold": positive,
  "minimum-reminder-interval": goDuration.optional(),
  "send-on-resolved": flag,
  "provider-override": z
    .strictObject({
      url: filled.optional(),
      method: filled.optional(),
      body: filled.optional(),
      headers: texts.optional(),
    })
    .optional(),
});

const endpoint = z
  .strictObject({
    enabled: flag.optional(),
    name: filled,
    group: filled,
    url: z.string("must be an address").regex(/^[a-z]+:\/\/[^\s/]+/, "must be an address with its scheme"),
    method: filled.optional(),
    body: z.string().optional(),
    headers: texts.optional(),
    interval: goDuration,
    conditions: z.array(condition, "must be a list").min(1, "must hold a condition"),
    client: z
      .strictObject({
        timeout: goDuration.optional(),
        insecure: flag.optional(),
        "ignore-redirect": flag.optional(),
        "dns-resolver": filled.optional(),
        "proxy-url": filled.optional(),
      })
      .optional(),
    alerts: z.array(alert, "must be a list"),
    "extra-labels": texts.optional(),
    "maintenance-windows": elsewhere.optional(),
    ui: elsewhere.optional(),
    dns: elsewhere.optional(),
    ssh: elsewhere.optional(),
  })
  .superRefine(({ alerts, conditions, interval }, context) => {
    const refuse = (path: PropertyKey[], message: string): void => {
      context.addIssue({ code: "custom", path, message });
    };
    alerts.forEach(({ description, "failure-threshold": failures }, index) => {
      const before = alerts[index - 1];
      if (before && before["failure-threshold"] > failures)
        refuse(
          ["alerts", index],
          "must not come before one of fewer failures: Gatus resumes at the last one",
        );
      if (alerts.slice(0, index).some((other) => other.description === description))
        refuse(
          ["alerts", index, "description"],
          "must differ from the others': Gatus tells alerts apart by it",
        );
    });
    const asksRegistry = conditions.some((text) => text.includes("[DOMAIN_EXPIRATION]"));
    if (asksRegistry && !/[mh]/.test(interval.replaceAll("ms", "")))
      refuse(["interval"], "must be 5m or more where a domain's end is asked for");
  });

/** Every key that Gatus has at the top; what is written here is judged to the last key. */
const configSchema = z
  .strictObject({
    web: z.strictObject({
      address: z.string(),
      port: z.union([z.int(), z.string()]),
      "read-buffer-size": z.int().optional(),
      tls: elsewhere.optional(),
    }),
    storage: z.strictObject({
      type: z.literal("sqlite", "must be sqlite: what has been told is forgotten at a restart otherwise"),
      path: filled,
      caching: flag.optional(),
      "maximum-number-of-results": positive.optional(),
      "maximum-number-of-events": positive.optional(),
    }),
    alerting: z.strictObject({
      custom: z.strictObject({
        url: filled,
        method: filled,
        headers: texts,
        body: filled,
        placeholders: z.record(z.string(), texts).optional(),
        client: elsewhere.optional(),
        overrides: elsewhere.optional(),
        "default-alert": elsewhere.optional(),
      }),
    }),
    endpoints: z.array(endpoint, "must be a list").min(1, "must hold an endpoint: Gatus would not start"),
    ...Object.fromEntries(
      [
        ...["debug", "metrics", "skip-invalid-config-update", "disable-monitoring-lock", "concurrency"],
        ...["security", "external-endpoints", "suites", "ui", "maintenance", "remote", "connectivity"],
        ...["tunneling", "announcements"],
      ].map((key) => [key, elsewhere.optional()]),
    ),
  })
  .superRefine(({ endpoints }, context) => {
    const keys = endpoints.map(({ group, name }) => `${group}_${name}`.toLowerCase());
    keys.forEach((key, index) => {
      if (keys.indexOf(key) === index) return;
      context.addIssue({
        code: "custom",
        path: ["endpoints", index, "name"],
        message: "must be unique in its group",
      });
    });
  });

const pathText = (path: readonly PropertyKey[]): string => path.map(String).join(".");

const bareDollars = (value: unknown, path: readonly PropertyKey[] = []): string[] => {
  if (typeof value === "string")
    return hasBareDollar(value)
      ? [`${pathText(path)} must write a dollar twice: Gatus fills in what follows a single one`]
      : [];
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => bareDollars(inner, [...path, key]))
    : [];
};

/** What Gatus would pass over, drop or stumble upon, each with its path; nothing for a sound configuration. */
export const gatusMistakes = (settings: unknown): readonly string[] => {
  const parsed = configSchema.safeParse(settings);
  const found = (parsed.error?.issues ?? []).flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map(
          (key) => `${pathText([...issue.path, key])} is no key of Gatus', which would pass over it`,
        )
      : [`${pathText(issue.path)} ${issue.message}`],
  );
  return [...found, ...bareDollars(settings)];
};

// What a secret looks like even where nobody has told this process that it is one.
const patterns: readonly RegExp[] = [
  /\bxox[a-z]-[\w-]+/g, // Slack tokens
  /\bxapp-[\w-]+/g,
  /https:\/\/hooks\.slack\.com\/[\w/+-]+/g,
  /(?<=\/(?:heartbeat|incoming-webhook)\/)[\w-]{6,}/g, // who has the address can call in its owner's place
  /\bfm\d[ar]?_[\w+/=-]{8,}/g, // Fly's macaroons
  /\b(Bearer|Basic|FlyV1)\s+[\w.~+/=-]{8,}/g,
];

// Shorter texts would blank out innocent parts of messages, and no service issues tokens this short.
const shortestSecret = 6;

export interface Redactor {
  /** Remembers `secrets`, so that no later text can carry them. */
  readonly learn: (secrets: readonly string[]) => void;
  readonly redact: (text: string) => string;
}

/** As a service may quote it: a file's content without its last line break, or in base64. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  secret.trim(),
  Buffer.from(secret).toString("base64"),
];

export const createRedactor = (): Redactor => {
  const known = new Set<string>();
  return {
    learn: (secrets) => {
      for (const secret of secrets)
        for (const form of formsOf(secret)) if (form.length >= shortestSecret) known.add(form);
    },
    redact: (text) => {
      const withoutKnown = [...known].reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
      return patterns.reduce((rest, pattern) => rest.replace(pattern, "[secret]"), withoutKnown);
    },
  };
};

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

/** As a service may quote it: on one line, without its last line break, in JSON, in an address or in base64. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  secret.trim(),
  secret.replace(/\s+/g, " ").trim(),
  JSON.stringify(secret).slice(1, -1),
  // Through bytes: half a character would make it throw.
  encodeURIComponent(Buffer.from(secret).toString()),
  Buffer.from(secret).toString("base64"),
];

/** What stands for the rest of words that were too long. */
const cut = "...";

/** Words that were cut off, without the part of the secret that they end with. */
const withoutBeginning = (words: string, secret: string): string => {
  for (let length = Math.min(secret.length - 1, words.length); length >= shortestSecret; length -= 1)
    if (words.endsWith(secret.slice(0, length))) return `${words.slice(0, -length)}[secret]`;
  return words;
};

export const createRedactor = (): Redactor => {
  const known = new Set<string>();
  return {
    learn: (secrets) => {
      for (const secret of secrets)
        for (const form of formsOf(secret)) if (form.length >= shortestSecret) known.add(form);
    },
    redact: (text) => {
      // The longest first: of one that begins like another nothing may be left.
      const secrets = [...known].toSorted((one, other) => other.length - one.length);
      const pieces = secrets.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text).split(cut);
      const withoutKnown = pieces
        .map((words, at) => (at < pieces.length - 1 ? secrets.reduce(withoutBeginning, words) : words))
        .join(cut);
      return patterns.reduce((rest, pattern) => rest.replace(pattern, "[secret]"), withoutKnown);
    },
  };
};

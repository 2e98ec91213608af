// A secret wherever it may have got to, however it is spelled there.

/** Shorter pieces are found by chance. */
const shortest = 8;

/** Base64 of the secret wherever it begins in what was encoded: the characters that its neighbours have no part in. */
const base64Of = (secret: string): string[] =>
  [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.from(`${"\0".repeat(offset)}${secret}`)
      .toString("base64")
      .replace(/=+$/, "");
    // Each character is 6 bits: what reaches into the byte before or behind depends on that.
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + Buffer.byteLength(secret)) * 8) / 6);
    const own = encoded.slice(first, last);
    return own.length < shortest ? [] : [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });

/** A secret as it stands in texts: plain, in base64, in an address, in JSON, on one line, in HTML. */
export const spellings = (secret: string): ReadonlySet<string> =>
  new Set([
    secret,
    ...base64Of(secret),
    encodeURIComponent(secret),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replace(/\s+/g, " ").trim(),
    secret.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  ]);

/** Texts by where they were found. */
export type Places = Readonly<Record<string, readonly string[]>>;

/** Which secret stands where: "slackToken in pages (2 of 14): ...around it...", without the secret itself. */
export const leaks = (secrets: ReadonlyMap<string, string>, places: Places): string[] =>
  [...secrets].flatMap(([name, secret]) =>
    Object.entries(places).flatMap(([place, texts]) =>
      [...spellings(secret)].flatMap((spelling) => {
        const found = texts.filter((text) => text.includes(spelling));
        const [first] = found;
        if (first === undefined) return [];
        const at = first.indexOf(spelling);
        const around = `${first.slice(Math.max(0, at - 80), at)}[here]${first.slice(at + spelling.length, at + spelling.length + 40)}`;
        return [
          `${name} in ${place} (${found.length} of ${texts.length}): ${around.replaceAll(secret, "[here]")}`,
        ];
      }),
    ),
  );

/** Pages read at the most. */
const mostPages = 400;

const linksIn = (html: string, base: string): string[] =>
  [...html.matchAll(/\b(?:href|src)="([^"]*)"/g)]
    .map(([, link = ""]) => link.replaceAll("&amp;", "&"))
    .filter((link) => URL.canParse(link, base))
    .map((link) => new URL(link, base))
    .filter(({ origin }) => origin === new URL(base).origin)
    .map((link) => {
      link.hash = "";
      return link.href;
    });

/** Every page that can be reached from these by its links, without leaving their servers. */
export const pagesFrom = async (roots: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const pages = new Map<string, string>();
  const left = [...roots];
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    if (pages.has(next)) continue;
    if (pages.size >= mostPages) throw new Error(`more than ${mostPages} pages, at last ${next}`);
    const response = await fetch(next);
    const text = await response.text();
    pages.set(next, text);
    if (response.headers.get("content-type")?.includes("html")) left.push(...linksIn(text, next));
  }
  return pages;
};

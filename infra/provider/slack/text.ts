const entities: { readonly [entity: string]: string } = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const characters: { readonly [character: string]: string } = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

/** As Slack wants a text within its markup: `<`, `>` and `&` escaped, nothing else. */
export const escaped = (text: string): string =>
  text.replace(/[<>&]/g, (found) => characters[found] ?? found);

export const unescaped = (text: string): string =>
  text.replace(/&(?:lt|gt|amp);/g, (found) => entities[found] ?? found);

/**
 * The text that a person typed, from what Slack stores of it: Slack escapes `<`, `>` and `&`, and wraps links as
 * `<https://x|x>`. Emoji are stored by name (`:fire:`), so declare them by name.
 */
export const plainText = (stored: string): string =>
  unescaped(
    stored.replace(
      /<((?:https?:\/\/|mailto:)[^<>|]+)(?:\|([^<>]*))?>/g,
      (_, url: string, label?: string) => label ?? url,
    ),
  );

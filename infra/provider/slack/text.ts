const entities: { readonly [entity: string]: string } = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/**
 * The text that a person typed, from what Slack stores of it: Slack escapes `<`, `>` and `&`, and wraps links as
 * `<https://x|x>`. Emoji are stored by name (`:fire:`), so declare them by name.
 */
export const plainText = (stored: string): string =>
  stored
    .replace(
      /<((?:https?:\/\/|mailto:)[^<>|]+)(?:\|([^<>]*))?>/g,
      (_, url: string, label?: string) => label ?? url,
    )
    .replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity] ?? entity);

// Gatus expands $NAME all over its file, and reads conditions and patterns in ways of its own: what is meant as text
// is escaped here.

/** A dollar that is meant as one is doubled; a reference to the environment, "${NAME}", stays as it is. */
export const escapeDollars = (text: string): string => text.replaceAll(/\$(?!\{[A-Z_]+\})/g, () => "$$");

/**
 * No quote and no backslash: with either in a description Gatus does not start. It goes into the message's form as it
 * is, so signs that mean something there are encoded.
 */
export const description = (text: string): string =>
  text.replaceAll(/["\\]/g, "'").replaceAll(/[%&+#;]/g, (sign) => encodeURIComponent(sign));

/**
 * The text as part of a pattern. Pattern signs are escaped, and so are the signs of comparisons: Gatus splits a
 * condition at " == " wherever it stands. Slashes are not: Gatus drops them from the pattern and from the answer.
 */
const patternText = (text: string): string => text.replaceAll(/[*?[\]\\=!]/g, (sign) => `\\${sign}`);

/** The answer holds the text, or does not. */
export const keywordCondition = ({
  text,
  present,
}: {
  readonly text: string;
  readonly present: boolean;
}): string => escapeDollars(`[BODY] ${present ? "==" : "!="} pat(*${patternText(text)}*)`);

import { randomInt } from "node:crypto";

/** Which characters a password or string is made of, and the least number from each class. */
export interface CharacterRules {
  readonly length: number;
  readonly classes: readonly { readonly characters: string; readonly used: boolean; readonly min: number }[];
}

const pick = (characters: readonly string[]): string => characters[randomInt(characters.length)] ?? "";

/** Fisher-Yates: every order is equally likely (randomInt draws without modulo bias). */
const shuffled = <T>(items: readonly T[]): T[] => {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    const held = result[last] as T;
    result[last] = result[other] as T;
    result[other] = held;
  }
  return result;
};

/** The characters (code points) of a text, each once: a repeated one must not become likelier. */
const distinct = (text: string): string[] => [...new Set(Array.from(text))];

/**
 * Random text by the rules, from the system's cryptographic source: the least number of each class first, the rest
 * from all classes in use with every character equally likely, then shuffled.
 */
export const randomText = ({ length, classes }: CharacterRules): string => {
  const used = classes.filter((entry) => entry.used);
  const all = distinct(used.map(({ characters }) => characters).join(""));
  const least = used.flatMap(({ characters, min }) => {
    const own = distinct(characters);
    return Array.from({ length: min }, () => pick(own));
  });
  const rest = Array.from({ length: length - least.length }, () => pick(all));
  return shuffled([...least, ...rest]).join("");
};

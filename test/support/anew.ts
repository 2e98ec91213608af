let count = 0;

/** A name that no other test, and no earlier try of the same one, has used. */
export const anew = (name: string): string => `${name}-${(count += 1)}`;

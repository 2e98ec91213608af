import leven from "leven";

/** "did you mean hotdash-staging?", where one of the known words is near enough. */
export const didYouMean = (word: string, known: readonly string[]): string | undefined => {
  const [nearest] = known
    .map((candidate) => ({ candidate, edits: leven(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return nearest && `did you mean ${nearest.candidate}?`;
};

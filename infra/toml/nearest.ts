import leven from "leven";

/** The words of a key without their plural: auto_machine_start and auto_start_machines are made of the same. */
const words = (key: string): string =>
  key
    .toLowerCase()
    .split(/[_-]/)
    .map((word) => word.replace(/s$/, ""))
    .sort()
    .join(" ");

/** The known key that was most likely meant; undefined where none is near. */
export const nearestKey = (key: string, known: readonly string[]): string | undefined => {
  const same = known.find((candidate) => words(candidate) === words(key));
  if (same !== undefined) return same;
  const [nearest] = known
    .map((candidate) => ({ candidate, edits: leven(key.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 4)))
    .sort((a, b) => a.edits - b.edits);
  return nearest?.candidate;
};

/**
 * The hatch to a child's arguments: either values that replace single ones, or a function of all of them. For what
 * the declarations have no word for yet.
 */
export type Transform<Args extends object> = Partial<Args> | ((args: Args) => Args);

/** The arguments after the transform, if there is one. */
export const transformed = <Args extends object>(
  args: Args,
  transform: Transform<Args> | undefined,
): Args => {
  if (transform === undefined) return args;
  return typeof transform === "function" ? transform(args) : { ...args, ...transform };
};

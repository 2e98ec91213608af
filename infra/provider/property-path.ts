/** Where a value sits in a resource's properties: keys of objects, positions in lists. */
export type PropertyPath = readonly (string | number)[];

/** The engine's notation: `settings.http_service.checks[0].headers["X.Y"]`. */
export const formatPath = (path: PropertyPath): string =>
  path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (step === "" || /[."[\]]/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");

/** Whether `path` is `ancestor` or lies below it; both in the engine's notation. */
export const isWithin = (path: string, ancestor: string): boolean =>
  path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`);

export const start = async (_: object): Promise<0> => { await Promise.resolve(); return 0; };

/** Words for people: always on standard error. */
export const say = (words: string): void => void process.stderr.write(`${words}\n`);

/** Data: the only thing on standard output. */
export const print = (data: string): void => void process.stdout.write(`${data}\n`);

/** Data of a stable shape for programs. */
export const printJson = (data: unknown): void => {
  print(JSON.stringify(data, undefined, 2));
};

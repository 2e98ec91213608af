/** Says what a step is doing now. */
export type Note = (text: string) => void;

export interface Step {
  readonly title: string;
  readonly run: (note: Note) => Promise<void>;
}

const elapsed = (since: number): string => {
  const seconds = Math.round((Date.now() - since) / 1000);
  return seconds < 60
    ? `${String(seconds)} s`
    : `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
};

/** How often a silent step says that it is still at work, where no spinner can show it. */
const STILL_AT_WORK = 15_000;

const plainStep = async ({ title, run }: Step): Promise<void> => {
  const since = Date.now();
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  let doing = title;
  say(`${title} ...`);
  const timer = setInterval(() => {
    say(`  still ${doing} (${elapsed(since)})`);
  }, STILL_AT_WORK);
  try {
    await run((text) => {
      doing = text;
      say(`  ${text}`);
    });
  } finally {
    clearInterval(timer);
  }
  say(`${title}: done in ${elapsed(since)}`);
};

/**
 * Runs the steps one after the other (they share the machine's cores) and shows them on stderr with the time each
 * takes: a live list on a terminal, plain lines elsewhere. The first failure ends it and is thrown.
 */
export const runSteps = async (steps: readonly Step[], quiet: boolean): Promise<void> => {
  if (quiet) {
    for (const { run } of steps) await run(() => undefined);
    return;
  }
  if (!process.stderr.isTTY || process.env["NO_COLOR"] !== undefined) {
    for (const step of steps) await plainStep(step);
    return;
  }
  // Loaded only when there is something to show: it takes longer to load than a warm set-up to run.
  const { Listr, PRESET_TIMER } = await import("listr2");
  const tasks = steps.map(({ title, run }) => ({
    title,
    task: async (_: unknown, task: { output: string }) => {
      await run((text) => {
        task.output = text;
      });
    },
  }));
  await new Listr(tasks, {
    concurrent: false,
    exitOnError: true,
    renderer: "default",
    rendererOptions: { timer: PRESET_TIMER, showErrorMessage: false },
  }).run();
};

import type { ListrDefaultRendererLogLevels } from "listr2";

/** Says what a step is doing now. */
export type Note = (text: string) => void;

export interface StepOptions {
  /** Without a terminal: say every note as it comes, for steps that have few and long ones. */
  readonly sayNotes?: boolean;
}

const elapsed = (since: number): string => {
  const seconds = (Date.now() - since) / 1_000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${String(Math.floor(seconds / 60))} min ${String(Math.round(seconds % 60))} s`;
};

/** How often a step without a terminal says that it is still at work. */
const stillAtWorkEvery = 10_000;

const plainStep = async <T>(
  title: string,
  run: (note: Note) => Promise<T>,
  { sayNotes = false }: StepOptions,
): Promise<T> => {
  const since = Date.now();
  const say = (text: string): void => void process.stderr.write(`${title}: ${text}\n`);
  let doing = "";
  const timer = setInterval(() => {
    say(`still at it after ${elapsed(since)}${doing && ` (${doing})`}`);
  }, stillAtWorkEvery);
  try {
    const result = await run((text) => {
      doing = text;
      if (sayNotes) say(text);
    });
    say(`done in ${elapsed(since)}`);
    return result;
  } catch (error) {
    say(`ended after ${elapsed(since)}${doing && ` (${doing})`}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
};

/** Runs a step and shows it on standard error with its time: live on a terminal, plain lines elsewhere. */
export const step = async <T>(
  title: string,
  run: (note: Note) => Promise<T>,
  options: StepOptions = {},
): Promise<T> => {
  if (!process.stderr.isTTY || process.env["NO_COLOR"] !== undefined) return plainStep(title, run, options);
  // Loaded only when there is something to show: it takes longer to load than a warm set-up to run.
  const { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } = await import("listr2");
  let result: { readonly value: T } | undefined;
  await new Listr(
    [
      {
        title,
        task: async (_, task) => {
          const value = await run((text) => {
            task.output = text;
          });
          result = { value };
        },
      },
    ],
    {
      concurrent: false,
      // Its own handler would end the process at Ctrl-C before anything is cleaned up.
      registerSignalListeners: false,
      rendererOptions: {
        timer: PRESET_TIMER,
        showErrorMessage: false,
        logger: new ListrLogger<ListrDefaultRendererLogLevels>({
          useIcons: false,
          processOutput: new ProcessOutput(process.stderr, process.stderr),
        }),
      },
    },
  ).run();
  if (result === undefined) throw new Error(`${title}: ended without a result`);
  return result.value;
};

import type { ListrDefaultRendererLogLevels } from "listr2";
import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from "listr2";
import { say } from "./talk";

/** Says what a step is doing now. */
export type Note = (text: string) => void;

const seconds = (since: number): string => `${((Date.now() - since) / 1_000).toFixed(1)} s`;

/** How often a step without a terminal says that it is still at work. */
const stillAtWorkEvery = 10_000;

const plainStep = async <T>(title: string, run: (note: Note) => Promise<T>): Promise<T> => {
  const since = Date.now();
  let doing = "";
  const timer = setInterval(() => {
    say(`${title}: still at it after ${seconds(since)}${doing && ` (${doing})`}`);
  }, stillAtWorkEvery);
  try {
    const result = await run((text) => {
      doing = text;
    });
    say(`${title}: done in ${seconds(since)}`);
    return result;
  } catch (error) {
    say(`${title}: ended after ${seconds(since)}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
};

/** Runs a step and shows it on standard error with its time: live on a terminal, a plain line elsewhere. */
export const step = async <T>(title: string, run: (note: Note) => Promise<T>): Promise<T> => {
  if (!process.stderr.isTTY || process.env["NO_COLOR"] !== undefined) return plainStep(title, run);
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

import { fstatSync } from "node:fs";
import { readOptions } from "./options";
import { startWorld } from "./world";

const say = (words: string): void => void process.stderr.write(`sandbox: ${words}\n`);

/** A pipe tells by its end that the parent is gone; a terminal or a file tells nothing. */
const stdinIsPipe = (): boolean => {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false; // no standard input at all
  }
};

const whyNot = (error: unknown): string => {
  const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (code === "EADDRINUSE")
    return `port ${port} is taken. Choose another --port-base, or none for free ports.`;
  return error instanceof Error ? error.message : String(error);
};

const main = async (): Promise<void> => {
  const options = readOptions(process.argv);
  const world = await startWorld(options);

  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    say(`${reason}, ending`);
    void world.stop().finally(() => process.exit(0));
  };
  process.on("SIGTERM", () => {
    stop("SIGTERM");
  });
  process.on("SIGINT", () => {
    stop("SIGINT");
  });
  // Whoever started it may be gone before it reads or says anything.
  process.stdout.on("error", () => {
    stop("standard output is closed");
  });
  process.stderr.on("error", () => undefined);
  if (stdinIsPipe())
    process.stdin
      .on("end", () => {
        stop("standard input is closed");
      })
      .resume();

  process.stdout.write(`${JSON.stringify(world.announcement)}\n`);
  say(
    `${Object.keys(world.announcement.apps).length} apps; Slack ${world.announcement.slack.page}, control ${world.announcement.control.url}/`,
  );
};

main().catch((error: unknown) => {
  say(whyNot(error));
  process.exit(1);
});

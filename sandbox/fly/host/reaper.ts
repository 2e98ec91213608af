import { spawn } from "node:child_process";

/**
 * A watcher that outlives the sandbox by a moment: when the sandbox is gone, however it went, it ends by their ids the
 * processes that were still running, and removes the folder of their files. A machine's program may be foreign, hung or stopped, and cannot be trusted to
 * notice by itself.
 */
export interface Reaper {
  watch(pid: number): void;
  forget(pid: number): void;
  stop(): Promise<void>;
}

const script = `
trap '' INT TERM HUP
pids=" "
while read -r op pid; do
  case $op in
    +) pids="$pids$pid ";;
    -) case $pids in *" $pid "*) pids="\${pids%%" $pid "*} \${pids#*" $pid "}";; esac;;
  esac
done
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
rm -rf -- "$1"
`;

/** Starts the watcher. `folder` holds the files of all machines. */
export const startReaper = (folder: string): Reaper => {
  // In a session of its own, so that an interrupt at the terminal does not end it before its work.
  const shell = spawn("/bin/sh", ["-c", script, "reaper", folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    shell.once("close", () => {
      resolve();
    });
  });
  shell.stdin.on("error", () => undefined);
  shell.unref();
  return {
    watch: (pid) => shell.stdin.write(`+ ${pid}\n`),
    forget: (pid) => shell.stdin.write(`- ${pid}\n`),
    stop: async () => {
      shell.ref();
      shell.stdin.end();
      await ended;
    },
  };
};

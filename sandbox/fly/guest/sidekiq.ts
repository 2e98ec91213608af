import type { Program } from "./program";

/** What Sidekiq holds when it has loaded the app, how fast it grows under work, and where it levels off, MiB. */
const memory = { start: 300, perStep: 10, most: 760 } as const;
const step = 2_000;

/** Chatwoot's Sidekiq: listens nowhere and grows beyond 512 MB, which is why a machine of 2 GB is wanted. */
export const sidekiq: Program = ({ report, say }) => {
  let used: number = memory.start;
  const grow = (): void => {
    report({ ballast: used });
    used = Math.min(memory.most, used + memory.perStep);
  };
  grow();
  const timer = setInterval(grow, step);
  say("Booted Rails application in production environment; starting processing, hit Ctrl-C to stop");
  return Promise.resolve({
    apply: () => Promise.resolve(),
    drain: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  });
};

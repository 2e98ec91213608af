/** What the exit code of `flymon` means; each has one meaning, whatever the command. */
export const exitCodes = {
  /** Done. Also the end of `flymon start` by Ctrl-C once it is up: that is how it ends. */
  done: 0,
  /** Something nobody foresaw; FLYMON_DEBUG=1 shows the stack. */
  unexpected: 1,
  /** Unknown command, flag or argument. */
  usage: 2,
  /** A declaration or a stack's setting is refused: malformed, unknown, unreadable. */
  refused: 3,
  /** A policy is violated, could not judge, or was not run. */
  policy: 4,
  /** A remote service refused or does not answer. */
  remote: 5,
  /** A part of the toolchain is missing and cannot be had here. */
  toolchain: 6,
  /** Changes where none were expected. */
  changes: 7,
  /** An alert rule is not proven to fire and to stay silent as it must, or a mutant of one survives its proof. */
  unproven: 8,
  /** Ended by Ctrl-C or SIGTERM before it was done. */
  interrupted: 130,
} as const;

/**
 * `flymon toml lint` ends as linters do, so that an app's CI can tell a finding from a file that nobody can read:
 * these three take the place of the codes above for that command alone.
 */
export const lintExitCodes = {
  clean: 0,
  findings: 1,
  /** A file that cannot be read or is not TOML; findings in others are told all the same. */
  unreadable: 2,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

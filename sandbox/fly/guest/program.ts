import type { FaultMessage, GuestReport } from "./protocol";

/** What a program is given by the harness. */
export interface ProgramContext {
  readonly address: string;
  readonly port: number;
  readonly extraPorts: readonly number[];
  readonly metricsPort: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (message: GuestReport) => void;
  readonly say: (words: string) => void;
}

/** A program that runs. */
export interface RunningProgram {
  apply(fault: FaultMessage): Promise<void>;
  /** Resolves when the last request in flight has its answer. */
  drain(): Promise<void>;
}

export type Program = (context: ProgramContext) => Promise<RunningProgram>;

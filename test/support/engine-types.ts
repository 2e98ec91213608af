/** A JavaScript program given as text; it runs in a project folder of its own, with this repository's packages. */
export interface InlineProgram {
  readonly program: string;
  /** Further files of the project, by relative path. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface StackOptions {
  /** Stack name; default "test". */
  readonly stack?: string;
  /** Plain settings by full key ("hotdash:region"). */
  readonly config?: Readonly<Record<string, string>>;
  /** Secret settings by full key. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** A stack file whose settings are the ones to start with. */
  readonly configFile?: string;
  /** Folders of policy packs for preview and up. */
  readonly policyPacks?: readonly string[];
  /** Added to the environment; an undefined value takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** One line of the engine's event log. Only what tests look at is typed; the rest is there as it came. */
export interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
  readonly diagnosticEvent?: { readonly urn?: string; readonly message: string; readonly severity: string };
  readonly policyEvent?: {
    readonly policyName: string;
    readonly policyPackName: string;
    readonly message: string;
    readonly enforcementLevel: string;
    readonly resourceUrn?: string;
  };
  readonly summaryEvent?: { readonly resourceChanges?: Readonly<Record<string, number>> };
}

export interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly diffs?: readonly string[];
}

/** The outcome of one CLI command. */
export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout and stderr as they came, colours removed. */
  readonly output: string;
  readonly events: readonly EngineEvent[];
  /** The event log as it was written. */
  readonly eventLog: string;
  /** Number of resources by operation ("create", "same", "update", "replace", "delete"). */
  readonly changes: Readonly<Record<string, number>>;
}

/** A resource in an exported deployment. */
export interface ExportedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export interface Exported {
  /** The whole export as text, to search for what must not be in it. */
  readonly text: string;
  readonly resources: readonly ExportedResource[];
}

/** A command of the CLI under way. */
export interface Running {
  readonly pid?: number | undefined;
  kill(signal: NodeJS.Signals): boolean;
}

/** A stack of its own, on a file backend in a temporary folder. */
export interface TestStack {
  readonly name: string;
  readonly projectFolder: string;
  /** Temporary folder of this stack, removed afterwards. */
  readonly scratch: string;
  readonly env: NodeJS.ProcessEnv;
  preview(...args: readonly string[]): Promise<Run>;
  up(...args: readonly string[]): Promise<Run>;
  refresh(...args: readonly string[]): Promise<Run>;
  destroy(...args: readonly string[]): Promise<Run>;
  /** `preview --json`, parsed. */
  previewJson(...args: readonly string[]): Promise<{ exitCode: number; json: PreviewJson }>;
  /** The state; secrets encrypted unless `showSecrets`. */
  export(showSecrets?: boolean): Promise<Exported>;
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  setConfig(key: string, value: string, options?: { readonly secret?: boolean }): Promise<void>;
  /** Starts any operation and gives its process, to signal it; `finished` is its outcome. */
  start(operation: string, ...args: readonly string[]): { process: Running; finished: Promise<Run> };
  /** Replaces the inline program. */
  rewrite(program: string): void;
}

export interface PreviewJson {
  readonly steps?: readonly {
    readonly op: string;
    readonly urn: string;
    readonly newState?: ExportedResource;
  }[];
  readonly changeSummary?: Readonly<Record<string, number>>;
  readonly diagnostics?: readonly {
    readonly message: string;
    readonly severity: string;
    readonly urn?: string;
  }[];
}

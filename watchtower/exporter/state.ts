import type {
  AnswerConditions,
  ExporterApp,
  JsonAnswer,
  PrivateAnswer,
} from "../../infra/model/exporter-config";
import type { Machine } from "./machine";
import { isStarted } from "./machine";

/** What a machine's JSON answer said. */
export interface ReadAnswer {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What each declared condition came to, by its path; for an answer that could not be read all are failing. */
  readonly failing?: ReadonlyMap<string, boolean>;
  /** When the oldest of the waiting approvals was made; null with none waiting, absent where unreadable. */
  readonly oldestApproval?: number | null;
}

/** What the latest test request to a stopped machine came to. */
export interface StartTest {
  /** Until the answer; absent where there was none. */
  readonly seconds?: number;
  readonly failed: boolean;
}

/** All that is known of an app. Only what the present answers say: nothing of it outlives them. */
export interface AppState {
  readonly app: ExporterApp;
  /** The Machines API has been asked at least once. */
  asked: boolean;
  /** Its latest usable answer. */
  machines?: { readonly at: number; readonly list: readonly Machine[] };
  /** By {@link answerKey}. */
  readonly answers: Map<string, ReadAnswer>;
  startTest?: StartTest;
  /** Of the certificate; milliseconds since 1970. */
  certificate?: { readonly at: number; readonly expires: number };
}

export const newState = (app: ExporterApp): AppState => ({ app, asked: false, answers: new Map() });

/** The group that metrics name where the API tells none; the rules join by the same word. */
const unknownGroup = "unknown";

/** The process group of a machine: of an app with one, that one, also while the machine's host cannot be asked. */
export const processGroupOf = ({ processGroups }: ExporterApp, { processGroup }: Machine): string => {
  if (processGroup !== undefined) return processGroup;
  const [only, ...others] = processGroups;
  return only !== undefined && others.length === 0 ? only : unknownGroup;
};

/** The started machines that give an answer. */
export const answering = (
  app: ExporterApp,
  machines: readonly Machine[],
  { processGroup }: PrivateAnswer,
): Machine[] =>
  machines.filter(
    (machine) =>
      isStarted(machine) && machine.privateIp !== "" && processGroupOf(app, machine) === processGroup,
  );

/** An answer's address on the private network. */
export const privateUrl = ({ privateIp }: Machine, { port, path }: PrivateAnswer): string =>
  `http://${privateIp.includes(":") ? `[${privateIp}]` : privateIp}:${port}${path}`;

/** All answers of an app that the exporter reads. */
export const jsonAnswers = ({ conditions, approvals }: ExporterApp): (AnswerConditions | JsonAnswer)[] => [
  ...conditions,
  ...approvals,
];

/** @param index of the answer in {@link jsonAnswers} */
export const answerKey = (machine: Machine, index: number): string => `${machine.id} ${index}`;

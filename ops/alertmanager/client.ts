import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { partsUser } from "../../infra/model/watchtower";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";

/** Where Alertmanager is, and as whom to speak to it. */
export interface Access {
  readonly url: string;
  /** Absent where it asks for none. */
  readonly password?: string;
  readonly user?: string;
}

const matcherSchema = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean(),
  isEqual: z.boolean().default(true),
});
export type SilenceMatcher = z.output<typeof matcherSchema>;

const silenceSchema = z.object({
  id: z.string(),
  status: z.object({ state: z.enum(["active", "pending", "expired"]) }),
  matchers: z.array(matcherSchema),
  startsAt: z.string(),
  endsAt: z.string(),
  createdBy: z.string(),
  comment: z.string(),
});
/** A silence as Alertmanager tells it. */
export type Silence = z.output<typeof silenceSchema>;

const alertSchema = z.object({ labels: z.record(z.string(), z.string()), startsAt: z.string() });
/** An alert that fires now, silenced or not. */
export type FiringAlert = z.output<typeof alertSchema>;

/** A silence to be: one with an `id` changes that silence. */
export type WantedSilence = Omit<Silence, "id" | "status"> & { readonly id?: string };

/** Alertmanager's API (version 2), each call bounded in time; what only reads or ends is tried again. */
export interface Alertmanager {
  silences(): Promise<readonly Silence[]>;
  silence(id: string): Promise<Silence | undefined>;
  /** Once: who has lost the answer looks first whether the silence is there. Gives its id. */
  put(silence: WantedSilence): Promise<string>;
  end(id: string): Promise<void>;
  firing(matchers: readonly SilenceMatcher[]): Promise<readonly FiringAlert[]>;
}

/** No answer, or one that says "later". Whoever must not ask twice looks first. */
export class Unanswered extends Failure {}

/** How long it is tried: each request, how many of them, and the first wait between two, in ms. */
export interface Patience {
  readonly requestMs: number;
  readonly attempts: number;
  readonly waitMs: number;
}
export const patience: Patience = { requestMs: 10_000, attempts: 4, waitMs: 500 };

const reachable =
  "check --alertmanager (FLYMON_ALERTMANAGER_URL); the watchtower is private: `fly wireguard create`, or `fly proxy 9093 -a <watchtower>`";
const credentials = "set FLYMON_ALERTMANAGER_PASSWORD: the password between the watchtower's parts";

const quoted = ({ name, value, isRegex, isEqual }: SilenceMatcher): string =>
  `${name}${isEqual ? (isRegex ? "=~" : "=") : isRegex ? "!~" : "!="}${JSON.stringify(value)}`;

/** A silence's matchers as people write them. */
export const matcherWords = (matchers: readonly SilenceMatcher[]): string => matchers.map(quoted).join(" ");

/** ECONNREFUSED and its like, however deep fetch has wrapped it. */
const systemCode = (error: unknown): string | undefined => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string" && /^[A-Z_]+$/.test(cause.code)) return cause.code;
    if (cause.name === "TimeoutError") return "no answer in time";
  }
  return undefined;
};

/** Doubles with each attempt, by up to half more at random: many that were refused together do not come back together. */
export const waitBefore = (attempt: number, { waitMs }: Patience): number =>
  waitMs * 2 ** attempt * (1 + Math.random() / 2);

/** Speaks to the Alertmanager at an address. */
export const alertmanagerAt = (access: Access, how: Patience = patience): Alertmanager => {
  const base = access.url.replace(/\/$/, "");
  const { host } = new URL(base);
  const told = (what: string, answer: string, mend: string): [number, string] => [
    exitCodes.remote,
    `Alertmanager (${host}): ${what}: ${answer}.\n    mend:    ${mend}`,
  ];

  const once = async (what: string, method: string, path: string, body?: unknown): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(`${base}/api/v2${path}`, {
        method,
        signal: AbortSignal.timeout(how.requestMs),
        redirect: "error",
        headers: {
          ...(access.password !== undefined && {
            authorization: `Basic ${Buffer.from(`${access.user ?? partsUser}:${access.password}`).toString("base64")}`,
          }),
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      const [, words] = told(what, `is not reachable (${systemCode(error) ?? "network failure"})`, reachable);
      throw new Unanswered(exitCodes.remote, words);
    }
    if (response.ok || response.status === 404) return response;
    const text = (await response.text().catch(() => "")).slice(0, 200).trim();
    if (response.status === 401 || response.status === 403) {
      throw new Failure(exitCodes.remote, told(what, "refuses the password", credentials)[1]);
    }
    const answer = `answered with HTTP status ${String(response.status)}${text && `, ${text}`}`;
    const isLater = response.status === 429 || response.status >= 500;
    throw new (isLater ? Unanswered : Failure)(
      exitCodes.remote,
      told(what, answer, isLater ? "run again in some minutes; read its logs" : reachable)[1],
    );
  };

  const again = async (what: string, method: string, path: string): Promise<Response> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await once(what, method, path);
      } catch (error) {
        if (!(error instanceof Unanswered) || attempt + 1 >= how.attempts) throw error;
        await pause(waitBefore(attempt, how));
      }
    }
  };

  const read = async <T>(what: string, schema: z.ZodType<T>, response: Response): Promise<T> => {
    const parsed = schema.safeParse(await response.json().catch(() => undefined));
    if (response.ok && parsed.success) return parsed.data;
    throw new Failure(
      exitCodes.remote,
      told(what, "answered with something that is not Alertmanager's", reachable)[1],
    );
  };

  return {
    silences: async () =>
      read("list silences", z.array(silenceSchema), await again("list silences", "GET", "/silences")),
    silence: async (id) => {
      const response = await again("read a silence", "GET", `/silence/${encodeURIComponent(id)}`);
      return response.status === 404 ? undefined : read("read a silence", silenceSchema, response);
    },
    put: async (silence) => {
      const response = await once("make a silence", "POST", "/silences", silence);
      return (await read("make a silence", z.object({ silenceID: z.string() }), response)).silenceID;
    },
    end: async (id) => {
      await again("end a silence", "DELETE", `/silence/${encodeURIComponent(id)}`);
    },
    firing: async (matchers) => {
      const filters = matchers.map((matcher) => `filter=${encodeURIComponent(quoted(matcher))}`).join("&");
      return read(
        "list alerts",
        z.array(alertSchema),
        await again("list alerts", "GET", `/alerts?${filters}`),
      );
    },
  };
};

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { repositoryRoot } from "../root";
import { userPulumiHome } from "./machine";

/** Where stacks are kept, and what to add to the CLI's environment for it. */
export interface Backend {
  /** "chosen" by the user in one of Pulumi's own ways, or the repository's own file backend. */
  readonly kind: "chosen" | "own";
  readonly env: Readonly<Record<string, string>>;
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // no such file: nothing chosen there
  }
};

/** The backend that `pulumi login` has put into credentials.json. */
const loggedInto = (env: NodeJS.ProcessEnv): string | undefined => {
  const folder = env["PULUMI_CREDENTIALS_PATH"] || userPulumiHome(env);
  try {
    const { current } = JSON.parse(textOf(path.join(folder, "credentials.json")) || "{}") as {
      current?: string;
    };
    return current || undefined;
  } catch {
    return undefined; // the CLI itself complains about a broken file
  }
};

/** Whether Pulumi.yaml has `backend:` with a `url:` below it. */
const projectNamesBackend = (root: string): boolean =>
  /^backend:[^\n]*\n(?:[ \t]+[^\n]*\n|\s*\n)*?[ \t]+url:[ \t]*\S/m.test(
    `${textOf(path.join(root, "Pulumi.yaml"))}\n`,
  );

const ownPassphrase = (file: string): string => {
  try {
    // Only the first of several processes creates it; the others keep what is there.
    writeFileSync(file, `${randomBytes(32).toString("base64url")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    chmodSync(file, 0o600);
  }
  return file;
};

/**
 * The backend to use: the one chosen by PULUMI_BACKEND_URL, PULUMI_ACCESS_TOKEN, `pulumi login` or `backend.url` in
 * Pulumi.yaml; otherwise files below `.flymon/state`, with secrets under a random passphrase kept beside them in
 * `.flymon/state-passphrase` (mode 600) unless the user sets PULUMI_CONFIG_PASSPHRASE or _FILE.
 */
export const chooseBackend = (env: NodeJS.ProcessEnv, root: string = repositoryRoot): Backend => {
  const chosen =
    env["PULUMI_BACKEND_URL"] || env["PULUMI_ACCESS_TOKEN"] || loggedInto(env) || projectNamesBackend(root);
  if (chosen) return { kind: "chosen", env: {} };

  const folder = path.join(root, ".flymon");
  mkdirSync(path.join(folder, "state"), { recursive: true });
  const given =
    env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || env["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined;
  return {
    kind: "own",
    env: {
      PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
      ...(given
        ? {}
        : { PULUMI_CONFIG_PASSPHRASE_FILE: ownPassphrase(path.join(folder, "state-passphrase")) }),
    },
  };
};

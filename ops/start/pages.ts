import type { UptimeBackend } from "../../infra/model/uptime-names";
import type { Sandbox } from "./sandbox";
import type { SandboxStack } from "./stack";

/** The watchtower's pages as a browser on this machine reaches them. */
export interface Pages {
  /** Of whoever watches from outside. */
  readonly outside: string;
  readonly vmalert: string;
  readonly alertmanager: string;
  readonly metrics: string;
  readonly journal: string;
  /** Who may see them, the outside watch's aside; made by the stack, and gone with it. */
  readonly user: string;
  readonly password: string;
}

const privateHost = /^([a-z-]+)\.process\./;

/** Puts the addresses that the machines have here in the place of names that only Fly's private network knows. */
export const pagesOf = async (
  sandbox: Sandbox,
  stack: SandboxStack,
  backend: UptimeBackend,
): Promise<Pages> => {
  const { app, pages, user, password } = await stack.whereabouts();
  const addresses = await sandbox.machines(app);
  const page = (name: string): string => {
    const url = new URL(pages[name] ?? "");
    const address = addresses.get(privateHost.exec(url.hostname)?.[1] ?? "");
    if (address === undefined) throw new Error(`no machine answers for the page ${name}`);
    url.hostname = address;
    return url.href;
  };
  return {
    outside: backend === "gatus" ? page("gatus") : sandbox[backend].page,
    vmalert: page("vmalert"),
    alertmanager: page("alertmanager"),
    metrics: page("metrics"),
    journal: page("journal"),
    user,
    password,
  };
};

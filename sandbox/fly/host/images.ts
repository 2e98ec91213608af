import type { MachineConfig } from "../model/config";
import { engineImages } from "./engines";
import { imageName } from "./image-name";

/** What an image is started as. */
export interface Image {
  /** A program of the guest harness: an app of the fleet, or one of the generic ones. */
  readonly program: string;
  /** Environment that the image brings; the machine's own comes over it. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long a start takes beyond Fly's part, milliseconds of there. */
  readonly boot?: number;
}

/**
 * Images by repository, without registry and tag. The generic ones behave as their environment says, see guest/echo.ts;
 * these are the usual ways to misbehave.
 */
const images: Readonly<Record<string, Image>> = {
  "chatwoot/chatwoot": { program: "hotdash-chatwoot", boot: 4_000 },
  "hotdash-staging": { program: "hotdash-staging", boot: 1_500 },
  "hotdash-production": { program: "hotdash-production", boot: 1_500 },
  "flyio/postgres-flex": { program: "hotdash-staging-db", boot: 1_000 },
  "hotdash-llamaindex-mcp": { program: "hotdash-llamaindex-mcp", boot: 3_000 },
  "hotdash-agent-service": { program: "hotdash-agent-service", boot: 2_000 },
  "flymon/echo": { program: "echo" },
  /** Ends at once with exit code 1. */
  "flymon/crash": { program: "echo", env: { EXIT_AFTER: "0s", EXIT_CODE: "1" } },
  /** Ends at once and well. */
  "flymon/once": { program: "echo", env: { EXIT_AFTER: "0s", EXIT_CODE: "0" } },
  /** Fills its memory until it is killed for it. */
  "flymon/leak": { program: "echo", env: { LEAK: "100" } },
  /** Does not end when asked. */
  "flymon/stubborn": { program: "echo", env: { IGNORE_SIGNALS: "true" } },
  /** Listens late. */
  "flymon/slow-start": { program: "echo", env: { LISTEN_AFTER: "1s" } },
  /** Listens nowhere. */
  "flymon/worker": { program: "echo", env: { LISTEN: "false" } },
};

const sidekiq = /sidekiq/;

/** What the harness runs for a machine with this config; undefined for an image that is none of its. */
export const imageOf = (config: MachineConfig): Image | undefined => {
  const image = images[imageName(config.image).repository];
  const command = [...(config.init?.exec ?? []), ...(config.init?.cmd ?? [])].join(" ");
  // Chatwoot's image is Rails or Sidekiq, as its command says.
  return image?.program === "hotdash-chatwoot" && sidekiq.test(command)
    ? { program: "sidekiq", boot: image.boot ?? 0 }
    : image;
};

/** Every image there is. */
export const knownImages: readonly string[] = [...Object.keys(images), ...engineImages];

import type { GroupSettings, MachineSettingsInputs } from "../../infra/model/machine-settings";
import { readConfiguration } from "../../infra/provider/configuration";
import { PartialFailure } from "../../infra/provider/errors";
import { machineSettingsKind } from "../../infra/provider/fly/machine-settings";
import { plainInputs } from "../../infra/provider/fly/inputs";
import type { ResourceContext } from "../../infra/provider/resource";
import type { Config, FakeFly } from "./fake-machines-api";
import type { VirtualClock } from "./virtual-clock";

export const token = "fm2_lJPECAAAAAAAAfake-token-of-a-test";

/** What a machine of the shop is deployed with: settings of ours among fields of others. */
export const deployed = (changes: Config = {}): Config => ({
  image: "registry.fly.io/shop:deployment-01",
  env: { PRIMARY_REGION: "ord", PORT: "8080" },
  init: { cmd: ["node", "server.js"] },
  guest: { cpu_kind: "shared", cpus: 1, memory_mb: 512, kernel_args: ["quiet"] },
  metadata: { fly_process_group: "app", fly_platform_version: "v2", fly_release_version: "7" },
  restart: { policy: "on-failure", max_retries: 10 },
  stop_config: { timeout: "30s", signal: "SIGTERM" },
  services: [
    {
      protocol: "tcp",
      internal_port: 8080,
      autostop: "off",
      autostart: true,
      min_machines_running: 1,
      ports: [{ port: 443, handlers: ["tls", "http"] }],
      force_instance_key: null,
      checks: [
        { type: "http", interval: "15s", timeout: "5s", grace_period: "10s", method: "get", path: "/health" },
      ],
    },
  ],
  future_field: { kept: [1, { deep: true }] },
  ...changes,
});

/** The settings of {@link deployed}, as a declaration has them. */
export const asDeployed: GroupSettings = {
  checks: {},
  services: [
    {
      internal_port: 8080,
      protocol: "tcp",
      autostop: "off",
      autostart: true,
      min_machines_running: 1,
      checks: [{ type: "http", interval: "15s", timeout: "5s", grace_period: "10s", path: "/health" }],
    },
  ],
};

/** The same with another path to check. */
export const withPath = (path: string, more: Partial<GroupSettings> = {}): GroupSettings => ({
  ...asDeployed,
  services: asDeployed.services?.map((service) => ({
    ...service,
    checks: service.checks?.map((check) => ({ ...check, path })),
  })),
  ...more,
});

export const declare = (
  app: GroupSettings = asDeployed,
  more: Partial<MachineSettingsInputs> = {},
): MachineSettingsInputs =>
  plainInputs({ app: "shop", primaryRegion: "ord", waitTimeout: "1m", processGroups: { app }, ...more });

export interface Bench {
  readonly fly: FakeFly;
  readonly clock: VirtualClock;
  readonly logged: string[];
  readonly context: ResourceContext;
  readonly kind: ReturnType<typeof machineSettingsKind>;
  readonly create: (declared: MachineSettingsInputs) => Promise<MachineSettingsInputs>;
  /** The message of what must fail. */
  readonly failing: (attempt: () => Promise<unknown>) => Promise<{ message: string; error: unknown }>;
}

/** One run of the provider against the fake, with a memory of its own. */
export const bench = (fly: FakeFly, clock: VirtualClock, signal?: AbortSignal): Bench => {
  const logged: string[] = [];
  const kind = machineSettingsKind({ transport: fly.transport, clock });
  const context: ResourceContext = {
    configuration: readConfiguration({ flyToken: token, flyApiUrl: "http://fly.test" }, {}),
    urn: "urn:pulumi:test::shop::flymon:fly:MachineSettings::shop",
    projectRoot: "/",
    signal: signal ?? new AbortController().signal,
    log: (severity, message) => logged.push(`${severity}: ${message}`),
  };
  return {
    fly,
    clock,
    logged,
    context,
    kind,
    create: (declared) => clock.run(async () => (await kind.create(declared, context)).state),
    failing: async (attempt) => {
      const error: unknown = await clock.run(attempt).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!(error instanceof Error)) throw new Error("it did not fail");
      if (error.message.includes(token)) throw new Error("the message tells the token");
      return { message: error.message, error };
    },
  };
};

export const isPartial = (error: unknown): error is PartialFailure => error instanceof PartialFailure;

import type { CheckConfig, MachineConfig, ServiceConfig } from "./config";

/** A check of a machine, as it is run and reported. */
export interface NamedCheck {
  readonly name: string;
  readonly port: number;
  readonly check: CheckConfig;
  /** The service it decides the routing of; none for a top-level check, which only informs. */
  readonly service: ServiceConfig | undefined;
}

/**
 * Every check of a machine under the name that Fly reports it by: `servicecheck-00-http-3000` for services, the
 * declared name for top-level ones.
 */
export const namedChecks = (config: MachineConfig): readonly NamedCheck[] => {
  const seen = new Map<string, number>();
  const ofServices = (config.services ?? []).flatMap((service) =>
    (service.checks ?? []).map((check): NamedCheck => {
      const port = check.port ?? service.internal_port;
      const kind = `${check.type}-${port}`;
      const index = seen.get(kind) ?? 0;
      seen.set(kind, index + 1);
      return { name: `servicecheck-${String(index).padStart(2, "0")}-${kind}`, port, check, service };
    }),
  );
  const topLevel = Object.entries(config.checks ?? {}).map(([name, check]): NamedCheck => ({
    name,
    port: check.port ?? 0,
    check,
    service: undefined,
  }));
  return [...ofServices, ...topLevel];
};

import type { ResolvedApp } from "../model/app";
import type { ServiceCheck, TopLevelCheck } from "../model/health-check";
import type { Duration, Size } from "../model/units";
import { durationOf, mebibytes, milliseconds } from "../model/units";
import type { TomlDocument, TomlTable } from "./document";
import type { CheckView, FlyFile, SectionView, ServiceView, TopLevelCheckView } from "./fly-file";
import { flyFileOf } from "./fly-file";
import {
  booleanAt,
  looseNumberAt,
  memoryMib,
  millisecondsAt,
  nodeAt,
  numberAt,
  tableAt,
  textAt,
  textsAt,
} from "./values";

/** What a fly.toml says of the things that an app's declaration says too, each value in its one canonical form. */
export interface TomlDeclaration {
  readonly app: string | undefined;
  readonly region: string | undefined;
  readonly deploy: TomlDeploy;
  readonly groups: Readonly<Record<string, TomlGroup>>;
}

interface TomlDeploy {
  readonly strategy: string | undefined;
  readonly waitTimeout: Duration | undefined;
  readonly maxUnavailable: number | undefined;
}

export interface TomlGroup {
  readonly command: string | undefined;
  readonly vm: { readonly cpuKind: string; readonly cpus: number; readonly memory: Size } | undefined;
  readonly services: readonly TomlService[];
  readonly checks: Readonly<Record<string, TomlCheck & { readonly port: number | undefined }>>;
  readonly restart: { readonly policy: string | undefined; readonly retries: number | undefined } | undefined;
  readonly metrics:
    | { readonly port: number | undefined; readonly path: string | undefined; readonly https: boolean }
    | undefined;
}

export interface TomlService {
  readonly kind: "http" | "tcp" | "udp";
  readonly internalPort: number | undefined;
  readonly forceHttps: boolean | undefined;
  readonly ports: readonly {
    readonly port: number | undefined;
    readonly handlers: readonly string[];
    readonly forceHttps: boolean | undefined;
  }[];
  readonly autoStopMachines: "off" | "stop" | "suspend" | undefined;
  readonly autoStartMachines: boolean;
  readonly minMachinesRunning: number;
  readonly concurrency:
    | {
        readonly type: string | undefined;
        readonly softLimit: number | undefined;
        readonly hardLimit: number | undefined;
      }
    | undefined;
  readonly checks: readonly TomlCheck[];
}

export interface TomlCheck {
  readonly type: string | undefined;
  readonly interval: Duration | undefined;
  readonly timeout: Duration | undefined;
  readonly gracePeriod: Duration | undefined;
  readonly http?: {
    readonly method: string;
    readonly path: string | undefined;
    readonly protocol: string;
    readonly tlsSkipVerify: boolean | undefined;
    readonly tlsServerName: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
  };
}

const durationAt = (table: TomlTable, key: string, bareUnit: "ns" | "ms" | "s"): Duration | undefined => {
  const ms = millisecondsAt(table, key, bareUnit);
  return ms === undefined ? undefined : durationOf(ms);
};

const headersOf = (check: TomlTable): Record<string, string> => {
  const node = nodeAt(check, "headers");
  if (node?.kind === "table") {
    return Object.fromEntries(
      [...node.entries.values()].flatMap(({ key, node: value }) =>
        value.kind === "scalar" ? [[key, String(value.value)] as const] : [],
      ),
    );
  }
  if (node?.kind !== "list") return {};
  return Object.fromEntries(
    node.items.flatMap((item) => {
      const name = item.kind === "table" ? textAt(item, "name") : undefined;
      return item.kind === "table" && name !== undefined ? [[name, textAt(item, "value") ?? ""]] : [];
    }),
  );
};

const checkOf = (table: TomlTable, type: string | undefined, bareUnit: "ns" | "ms"): TomlCheck => ({
  type,
  interval: durationAt(table, "interval", bareUnit),
  timeout: durationAt(table, "timeout", bareUnit),
  gracePeriod: durationAt(table, "grace_period", bareUnit),
  ...(type === "http"
    ? {
        http: {
          method: (textAt(table, "method") ?? "GET").toUpperCase(),
          path: textAt(table, "path"),
          protocol: textAt(table, "protocol") ?? "http",
          tlsSkipVerify: booleanAt(table, "tls_skip_verify"),
          tlsServerName: textAt(table, "tls_server_name"),
          headers: headersOf(table),
        },
      }
    : {}),
});

const concurrencyOf = (table: TomlTable): TomlService["concurrency"] => {
  const [, soft, hard] = /^(\d+),(\d+)$/.exec(textAt(table, "concurrency") ?? "") ?? [];
  if (soft !== undefined) return { type: "requests", softLimit: Number(soft), hardLimit: Number(hard) };
  const limits = tableAt(table, "concurrency");
  return (
    limits && {
      type: textAt(limits, "type"),
      softLimit: numberAt(limits, "soft_limit"),
      hardLimit: numberAt(limits, "hard_limit"),
    }
  );
};

const serviceOf = (service: ServiceView): TomlService => ({
  kind:
    service.kind === "http_service" ? "http" : textAt(service.table, "protocol") === "udp" ? "udp" : "tcp",
  internalPort: service.internalPort,
  forceHttps:
    service.kind === "http_service" ? (booleanAt(service.table, "force_https") ?? false) : undefined,
  ports: service.ports.map((port) => ({
    port: looseNumberAt(port, "port"),
    handlers: [...(textsAt(port, "handlers") ?? [])].sort(),
    forceHttps: booleanAt(port, "force_https"),
  })),
  autoStopMachines: service.autoStop ?? "off",
  autoStartMachines: service.autoStart,
  minMachinesRunning: service.minimum ?? 0,
  concurrency: concurrencyOf(service.table),
  checks: service.checks.map(({ table, type, bareUnit }: CheckView) => checkOf(table, type, bareUnit)),
});

const sizeOf = (mebi: number): Size => (mebi % 1024 === 0 ? `${mebi / 1024}gb` : `${mebi}mb`);

/** Fly starts from the preset, then memory, then the explicit keys. */
const vmOf = ({ table }: SectionView): TomlGroup["vm"] => {
  const [, presetKind, presetCpus] =
    /^(shared|performance)(?:-cpu)?-(\d+)x$/.exec(textAt(table, "size") ?? "shared-cpu-1x") ?? [];
  const cpuKind = textAt(table, "cpu_kind") ?? presetKind ?? "shared";
  const fromPreset = Number(presetCpus ?? 1);
  const memory = textAt(table, "memory") ?? numberAt(table, "memory")?.toString();
  return {
    cpuKind,
    cpus: numberAt(table, "cpus") ?? fromPreset,
    memory: sizeOf(
      numberAt(table, "memory_mb") ??
        (memory === undefined ? undefined : memoryMib(memory)) ??
        fromPreset * (presetKind === "performance" ? 2048 : 256),
    ),
  };
};

/** What the file says, in the words of a declaration. The reverse of infra/render/fly-toml.ts. */
export const readDeclaration = (document: TomlDocument): TomlDeclaration =>
  declarationOf(flyFileOf(document));

export const declarationOf = (file: FlyFile): TomlDeclaration => {
  const { root } = file;
  const deploy = tableAt(root, "deploy");
  const group = (name: string): TomlGroup => {
    const mine = <T extends SectionView>(views: readonly T[]): T[] =>
      views.filter(({ groups }) => groups.includes(name));
    const ownVms = mine(file.vms).filter(({ processes }) => processes !== undefined);
    const vm = ownVms[0] ?? mine(file.vms)[0];
    const restart = mine(file.restarts).at(-1)?.table;
    const metrics = mine(file.metrics)[0]?.table;
    return {
      command: file.processes.find((process) => process.name === name)?.command,
      vm: vm && vmOf(vm),
      services: mine(file.services).map(serviceOf),
      checks: Object.fromEntries(
        mine(file.topLevelChecks).map(({ name: check, table, type }: TopLevelCheckView) => [
          check,
          { ...checkOf(table, type, "ms"), port: numberAt(table, "port") },
        ]),
      ),
      restart: restart && { policy: textAt(restart, "policy"), retries: numberAt(restart, "retries") },
      metrics: metrics && {
        port: numberAt(metrics, "port"),
        path: textAt(metrics, "path"),
        https: booleanAt(metrics, "https") ?? false,
      },
    };
  };
  // A group that no [processes] names is only seen in what is meant for it.
  const seen = new Set([
    ...file.groups,
    ...[
      ...file.services,
      ...file.topLevelChecks,
      ...file.vms.filter(({ processes }) => processes !== undefined),
      ...file.restarts,
      ...file.metrics,
    ].flatMap(({ groups }) => groups),
  ]);
  return {
    app: textAt(root, "app"),
    region: textAt(root, "primary_region"),
    deploy: {
      strategy: textAt(deploy, "strategy"),
      waitTimeout: deploy && durationAt(deploy, "wait_timeout", "ns"),
      maxUnavailable: numberAt(deploy, "max_unavailable"),
    },
    groups: Object.fromEntries([...seen].map((name) => [name, group(name)])),
  };
};

const canonical = (duration: Duration): Duration => durationOf(milliseconds(duration));

const declaredCheck = (check: ServiceCheck | TopLevelCheck): TomlCheck => ({
  type: check.type,
  interval: canonical(check.interval),
  timeout: canonical(check.timeout),
  gracePeriod: canonical(check.gracePeriod),
  ...(check.type === "http"
    ? {
        http: {
          method: check.method,
          path: check.path,
          protocol: check.protocol,
          tlsSkipVerify: check.tlsSkipVerify,
          tlsServerName: check.tlsServerName,
          headers: check.headers,
        },
      }
    : {}),
});

/** The part of an app's declaration that a fly.toml can say, in the same words. */
export const declaredInToml = (app: ResolvedApp): TomlDeclaration => ({
  app: app.name,
  region: app.region,
  deploy: {
    strategy: app.deploy?.strategy,
    waitTimeout: app.deploy?.waitTimeout && canonical(app.deploy.waitTimeout),
    maxUnavailable: app.deploy?.maxUnavailable,
  },
  groups: Object.fromEntries(
    Object.entries(app.processGroups).map(([name, group]): [string, TomlGroup] => [
      name,
      {
        command: group.command,
        vm: group.vm && {
          cpuKind: group.vm.cpuKind,
          cpus: group.vm.cpus,
          memory: sizeOf(mebibytes(group.vm.memory)),
        },
        services: group.services.map((service): TomlService => ({
          kind: service.kind,
          internalPort: service.internalPort,
          forceHttps: service.kind === "http" ? service.forceHttps : undefined,
          ports:
            service.kind === "http"
              ? []
              : service.ports.map(({ port, handlers, forceHttps }) => ({
                  port,
                  handlers: [...handlers].sort(),
                  forceHttps,
                })),
          autoStopMachines: group.autoStop?.autoStopMachines ?? "off",
          autoStartMachines: group.autoStop?.autoStartMachines ?? true,
          minMachinesRunning: group.autoscaling?.minMachinesRunning ?? 0,
          concurrency: group.autoscaling?.concurrency,
          // Fly keeps TCP and HTTP checks apart.
          checks: [
            ...service.checks.filter(({ type }) => type === "tcp"),
            ...service.checks.filter(({ type }) => type === "http"),
          ].map(declaredCheck),
        })),
        checks: Object.fromEntries(
          group.checks.map((check) => [check.name, { ...declaredCheck(check), port: check.port }]),
        ),
        restart: group.restart && { policy: group.restart.policy, retries: group.restart.retries },
        metrics: group.metrics && {
          port: group.metrics.port,
          path: group.metrics.path,
          https: group.metrics.https ?? false,
        },
      },
    ]),
  ),
});

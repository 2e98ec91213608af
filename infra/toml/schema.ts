/**
 * Every key that Fly reads from a fly.toml, with the type it takes and the old forms it still accepts. A key that is
 * not here is ignored in silence. Source: flyctl's configuration structs and the patches it applies before reading.
 */
export type Shape = ValueShape | TableShape | TablesShape | NamedShape;

export interface ValueShape {
  readonly type: "text" | "integer" | "number" | "boolean" | "texts" | "texts-or-text" | "any" | AutoStop;
  /** flyctl takes text that is a number. */
  readonly castsText?: true;
  /** flyctl takes a number where it wants text. */
  readonly castsNumber?: true;
  /** A duration, and the unit of a bare number. */
  readonly duration?: "ns" | "ms" | "s";
}
type AutoStop = "auto-stop";

export interface TableShape {
  readonly type: "table";
  readonly keys: Keys;
  /** Old forms: "20,25" for concurrency. */
  readonly orText?: true;
}

export interface TablesShape {
  readonly type: "tables";
  readonly keys: Keys;
  /** flyctl takes a single table for a list of one. */
  readonly wraps: boolean;
}

/** A table whose keys are names of one's own. */
export interface NamedShape {
  readonly type: "named";
  readonly entry: Shape;
  /** flyctl takes a list of tables with a `name`, or for headers with `name` and `value`. */
  readonly orList?: true;
}

export type Keys = Readonly<Record<string, Shape>>;

const text = { type: "text" } as const;
const integer = { type: "integer" } as const;
const boolean = { type: "boolean" } as const;
const texts = { type: "texts" } as const;
const any = { type: "any" } as const;
const looseInteger = { type: "integer", castsText: true } as const;
const looseText = { type: "text", castsNumber: true } as const;
const duration = (unit: "ns" | "ms" | "s") => ({ type: "text", duration: unit }) as const;
const table = (keys: Keys): TableShape => ({ type: "table", keys });
const tables = (keys: Keys): TablesShape => ({ type: "tables", keys, wraps: false });
const wrappedTables = (keys: Keys): TablesShape => ({ type: "tables", keys, wraps: true });
const named = (entry: Shape): NamedShape => ({ type: "named", entry });

const concurrency = { type: text, hard_limit: integer, soft_limit: integer };
const scaling = {
  auto_stop_machines: { type: "auto-stop" },
  auto_start_machines: boolean,
  min_machines_running: integer,
} as const;
const tlsOptions = table({ alpn: texts, versions: texts, default_self_signed: boolean });
const httpOptions = table({
  compress: boolean,
  response: table({ headers: named(any), pristine: boolean }),
  h2_backend: boolean,
  idle_timeout: integer,
  headers_read_timeout: integer,
  replay_cache: tables({
    path_prefix: text,
    ttl_seconds: integer,
    type: text,
    name: text,
    allow_bypass: boolean,
  }),
});

const timing = (unit: "ns" | "ms") => ({
  interval: duration(unit),
  timeout: duration(unit),
  grace_period: duration(unit),
});
const http = (headers: Shape) => ({
  method: text,
  path: text,
  protocol: text,
  tls_skip_verify: boolean,
  tls_server_name: text,
  headers,
});
const strictHeaders = named(text);
const looseHeaders: Shape = { type: "named", entry: any, orList: true };
const machineChecks = tables({
  command: texts,
  image: text,
  entrypoint: texts,
  kill_signal: text,
  kill_timeout: duration("ns"),
});

const guest: Keys = {
  size: text,
  memory: looseText,
  cpu_kind: text,
  cpus: integer,
  memory_mb: integer,
  max_memory_mb: integer,
  gpus: integer,
  gpu_kind: text,
  host_dedication_id: text,
  kernel_args: texts,
  persist_rootfs: text,
  processes: texts,
};
const mount: Keys = {
  source: text,
  destination: text,
  initial_size: looseText,
  snapshot_retention: integer,
  scheduled_snapshots: boolean,
  auto_extend_size_threshold: integer,
  auto_extend_size_increment: text,
  auto_extend_size_limit: text,
  processes: texts,
};
const metrics: Keys = { port: integer, path: text, https: boolean, processes: texts };

export const flySchema: TableShape = table({
  app: text,
  primary_region: text,
  kill_signal: text,
  kill_timeout: duration("s"),
  swap_size_mb: integer,
  console_command: text,
  host_dedication_id: text,
  machine_config: text,
  container: text,
  experimental: table({
    cmd: { type: "texts-or-text" },
    entrypoint: { type: "texts-or-text" },
    exec: { type: "texts-or-text" },
    auto_rollback: boolean,
    enable_consul: boolean,
    enable_etcd: boolean,
    lazy_load_images: boolean,
    attached: table({ secrets: table({ export: named(text) }) }),
    machine_config: text,
    container: text,
    use_zstd: boolean,
    kill_timeout: duration("s"),
    metrics_port: integer,
    metrics_path: text,
  }),
  build: table({
    builder: text,
    args: named(any),
    buildpacks: texts,
    image: text,
    settings: named(any),
    builtin: text,
    dockerfile: text,
    ignorefile: text,
    "build-target": text,
    build_target: text,
    compression: text,
    compression_level: integer,
    compose: table({ file: text }),
  }),
  deploy: table({
    strategy: text,
    max_unavailable: { type: "number" },
    wait_timeout: duration("ns"),
    release_command: text,
    release_command_timeout: duration("ns"),
    release_command_vm: table(guest),
    seed_command: text,
  }),
  env: { type: "named", entry: any, orList: true },
  processes: { type: "named", entry: text, orList: true },
  mounts: wrappedTables(mount),
  mount: wrappedTables(mount),
  http_service: table({
    internal_port: integer,
    force_https: boolean,
    ...scaling,
    processes: texts,
    concurrency: table(concurrency),
    tls_options: tlsOptions,
    http_options: httpOptions,
    checks: tables({ ...timing("ns"), ...http(strictHeaders) }),
    machine_checks: machineChecks,
  }),
  services: wrappedTables({
    protocol: text,
    internal_port: looseInteger,
    ...scaling,
    ports: wrappedTables({
      port: looseInteger,
      start_port: integer,
      end_port: integer,
      handlers: texts,
      force_https: boolean,
      tls_options: tlsOptions,
      http_options: httpOptions,
      proxy_proto_options: table({ version: text }),
    }),
    concurrency: { ...table(concurrency), orText: true },
    tcp_checks: wrappedTables(timing("ms")),
    http_checks: wrappedTables({ ...timing("ms"), ...http(looseHeaders) }),
    machine_checks: machineChecks,
    processes: texts,
  }),
  checks: {
    type: "named",
    orList: true,
    entry: table({
      port: integer,
      type: text,
      ...timing("ms"),
      ...http(looseHeaders),
      processes: texts,
    }),
  },
  files: tables({
    guest_path: text,
    local_path: text,
    secret_name: text,
    raw_value: text,
    processes: texts,
  }),
  machine_checks: machineChecks,
  restart: tables({ policy: text, retries: integer, processes: texts }),
  vm: wrappedTables(guest),
  compute: wrappedTables(guest),
  computes: wrappedTables(guest),
  statics: tables({ guest_path: text, url_prefix: text, tigris_bucket: text, index_document: text }),
  metrics: wrappedTables(metrics),
  metric: wrappedTables(metrics),
});

/** The tables that have a key, under their names of today: for "belongs into". */
export const homesOf = (key: string): string[] =>
  (homes.get(key) ?? []).filter(
    (home) => !/\[(?:compute|computes|mount|metric|experimental)\]|_vm\]/.test(home),
  );

const homes = new Map<string, string[]>();
const collect = (shape: Shape, path: string): void => {
  if (shape.type === "table" || shape.type === "tables") {
    const here = shape.type === "tables" ? `[[${path}]]` : path === "" ? "the top of the file" : `[${path}]`;
    for (const [key, inner] of Object.entries(shape.keys)) {
      homes.set(key, [...(homes.get(key) ?? []), here]);
      collect(inner, path === "" ? key : `${path}.${key}`);
    }
  } else if (shape.type === "named") collect(shape.entry, `${path}.<name>`);
};
collect(flySchema, "");

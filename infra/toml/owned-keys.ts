import type { TomlNode } from "./document";
import { goMilliseconds, memoryMib } from "./values";

/**
 * What `flymon toml merge` may write, change and remove in an app's own fly.toml. Everything that is not in this table
 * stays as it is: [build], [env], [[mounts]], [[statics]], release_command, kill_signal, the commands of [processes],
 * tls_options, a check's other headers, keys that Fly does not know, and every comment.
 */
export interface OwnedTable {
  readonly keys: Readonly<Record<string, OwnedKey>>;
}

export type OwnedKey = OwnedValue | OwnedSubTable | OwnedList;

export interface OwnedValue {
  readonly kind: "value";
  /** True for a node that says the wanted value in today's form. */
  readonly same: (node: TomlNode, wanted: Wanted) => boolean;
  /**
   * What happens to a value that the declaration leaves out: `keep`, or `remove` unless it is Fly's default, which
   * then stands for nothing.
   */
  readonly undeclared: "keep" | { readonly removeUnless: string | boolean };
}

export interface OwnedSubTable {
  readonly kind: "table";
  readonly owned: OwnedTable;
}

export interface OwnedList {
  readonly kind: "list";
  readonly owned: OwnedTable;
  /** The key whose value tells two entries apart. */
  readonly by: string;
}

export type Wanted = string | number | boolean | readonly string[];

const texts = (node: TomlNode): string[] | undefined =>
  node.kind === "list" && node.items.every((item) => item.kind === "scalar" && item.type === "string")
    ? node.items.map((item) => (item.kind === "scalar" ? String(item.value) : ""))
    : undefined;

const value = (same: OwnedValue["same"], undeclared: OwnedValue["undeclared"] = "keep"): OwnedValue => ({
  kind: "value",
  same,
  undeclared,
});

const exact = value((node, wanted) => node.kind === "scalar" && node.value === wanted);
const duration = value(
  (node, wanted) =>
    node.kind === "scalar" &&
    node.type === "string" &&
    goMilliseconds(String(node.value)) === goMilliseconds(String(wanted)),
);
const anyCase = value(
  (node, wanted) =>
    node.kind === "scalar" && String(node.value).toUpperCase() === String(wanted).toUpperCase(),
);
const sameSet = (node: TomlNode, wanted: Wanted): boolean =>
  typeof wanted === "object" && String([...(texts(node) ?? ["\0"])].sort()) === String([...wanted].sort());
const unordered = value(sameSet, { removeUnless: "" });
const memory = value(
  (node, wanted) =>
    node.kind === "scalar" &&
    node.type === "string" &&
    memoryMib(String(node.value)) === memoryMib(String(wanted)),
);

const flag = value((node, wanted) => node.kind === "scalar" && node.value === wanted, {
  removeUnless: false,
});

const timing = { interval: duration, timeout: duration, grace_period: duration };
const http = {
  ...timing,
  method: anyCase,
  path: exact,
  protocol: value((node, wanted) => node.kind === "scalar" && node.value === wanted, {
    removeUnless: "http",
  }),
  tls_skip_verify: exact,
  tls_server_name: exact,
  // Only the declared ones: others, like X-Forwarded-Proto, stay.
  headers: { kind: "table", owned: { keys: {} } },
} satisfies Record<string, OwnedKey>;

const scaling = {
  auto_stop_machines: exact,
  auto_start_machines: exact,
  min_machines_running: exact,
  processes: value(sameSet),
  concurrency: {
    kind: "table",
    owned: { keys: { type: exact, soft_limit: exact, hard_limit: exact } },
  },
} satisfies Record<string, OwnedKey>;

export const ownedHttpService: OwnedTable = {
  keys: {
    internal_port: exact,
    force_https: exact,
    ...scaling,
    checks: { kind: "list", by: "path", owned: { keys: http } },
  },
};

export const ownedService: OwnedTable = {
  keys: {
    protocol: exact,
    internal_port: exact,
    ...scaling,
    ports: {
      kind: "list",
      by: "port",
      owned: { keys: { port: exact, handlers: unordered, force_https: exact } },
    },
    tcp_checks: { kind: "list", by: "interval", owned: { keys: timing } },
    http_checks: { kind: "list", by: "path", owned: { keys: http } },
  },
};

export const ownedTopLevelCheck: OwnedTable = {
  keys: { type: exact, port: exact, ...http, processes: value(sameSet) },
};

export const ownedVm: OwnedTable = {
  keys: { memory, cpu_kind: exact, cpus: exact, processes: value(sameSet) },
};

export const ownedRestart: OwnedTable = {
  keys: { policy: exact, retries: exact, processes: value(sameSet) },
};

export const ownedMetrics: OwnedTable = {
  keys: { port: exact, path: exact, https: flag, processes: value(sameSet) },
};

export const ownedDeploy: OwnedTable = {
  keys: { strategy: exact, wait_timeout: duration, max_unavailable: exact },
};

/** Keys of the file's top. */
export const ownedTop: OwnedTable = { keys: { app: exact, primary_region: exact } };

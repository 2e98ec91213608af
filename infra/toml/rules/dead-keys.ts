import type { Deviation } from "../schema-walk";
import { headerOf } from "./written";

interface Death {
  readonly message: string;
  readonly fix: string;
}

const noRestart: Death = {
  message:
    "Fly ignores it: a failing check never restarts a machine, it only takes it out of routing until the check passes",
  fix: '# remove it; a process that ends is started again by\n[[restart]]\n  policy = "on-failure"\n  retries = 10',
};
const noMaximum: Death = {
  message: "Fly ignores it: there is no such setting, the ceiling is the number of machines that exist",
  fix: "# remove it, and make as many machines as may ever run:\n# fly scale count 3",
};
const noCount: Death = {
  message: "Fly ignores it: how many machines exist is not said in fly.toml",
  fix: "# remove it, and run\n# fly scale count 2",
};

/** Keys that many write and Fly never read, by the name of their table's path, then of the key. */
const deaths: Readonly<Record<string, Death>> = {
  "services.checks": {
    message:
      "Fly ignores it: a service has `http_checks` and `tcp_checks`, so this app has no health check from it",
    fix: '[[services.http_checks]]\n  interval = "15s"\n  timeout = "5s"\n  grace_period = "10s"\n  method = "GET"\n  path = "/health"',
  },
  restart_limit: noRestart,
  "http_service.checks.restart": noRestart,
  "services.http_checks.restart": noRestart,
  "services.tcp_checks.restart": noRestart,
  max_machines_running: noMaximum,
  max_machines: noMaximum,
  scale: noCount,
  "vm.count": noCount,
  autoscaling: noMaximum,
  secrets: {
    message:
      "Fly ignores it: secrets are never read from fly.toml, and here they would stand in the repository",
    fix: "# remove the section, and run\n# fly secrets set NAME=value",
  },
  machines: {
    message: "Fly ignores it: machines are described by [[vm]], their environment by [env]",
    fix: '# move what is meant into\n[[vm]]\n  memory = "1gb"\n  cpu_kind = "shared"\n  cpus = 1',
  },
  "vm.network": {
    message: "Fly ignores it: every machine has IPv6 and the private network; nothing is to be set",
    fix: "# remove it",
  },
  "services.script_checks": {
    message: "Fly ignores it: checks that run a script went with the platform of earlier years",
    fix: '  [[services.http_checks]]\n    interval = "15s"\n    timeout = "5s"\n    grace_period = "10s"\n    method = "GET"\n    path = "/health"',
  },
  redis: {
    message: "Fly ignores it: a fly.toml makes no databases",
    fix: "# remove it, and run\n# fly redis create",
  },
  http: {
    message: "Fly ignores it: the section is called http_service, so this app has no service from it",
    fix: "[http_service]\n  internal_port = 8080\n  force_https = true",
  },
  volumes: {
    message: "Fly ignores it: volumes are mounted by [[mounts]]",
    fix: '[[mounts]]\n  source = "data"\n  destination = "/data"',
  },
  regions: {
    message: "Fly ignores it: the file names one region, the others are where machines are made",
    fix: 'primary_region = "ord"\n# fly scale count 2 --region ord,ams',
  },
  "http_service.tcp_checks": {
    message: "Fly ignores it: [http_service] has HTTP checks only, so this app has no health check from it",
    fix: '[[http_service.checks]]\n  interval = "15s"\n  timeout = "5s"\n  grace_period = "10s"\n  method = "GET"\n  path = "/health"',
  },
  "http_service.http_checks": {
    message: "Fly ignores it: the list is called `checks` here, so this app has no health check from it",
    fix: '[[http_service.checks]]\n  interval = "15s"\n  timeout = "5s"\n  grace_period = "10s"\n  method = "GET"\n  path = "/health"',
  },
  "http_service.ports": {
    message: "Fly ignores it: [http_service] always listens on 80 and 443; other ports need [[services]]",
    fix: '[[services]]\n  protocol = "tcp"\n  internal_port = 8080\n\n  [[services.ports]]\n    port = 8443\n    handlers = ["tls", "http"]',
  },
};

/** What is known about a dead key, by its whole path, else by its bare name. */
export const deathOf = ({ parents, entry }: Pick<Deviation, "parents" | "entry">): Death | undefined => {
  const path = [...parents, entry.key].join(".");
  return Object.hasOwn(deaths, path)
    ? deaths[path]
    : Object.hasOwn(deaths, entry.key) && (parents.length === 0 || entry.key.includes("_"))
      ? deaths[entry.key]
      : undefined;
};

export const tableName = (parents: readonly string[]): string =>
  parents.length === 0 ? "the top of the file" : headerOf(parents, false);

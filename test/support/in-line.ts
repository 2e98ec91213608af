import type { ResolvedApp } from "../../infra/model/app";
import type { TomlCheck, TomlDeclaration, TomlService } from "../../infra/toml/read-declaration";
import { declaredInToml } from "../../infra/toml/read-declaration";

const checkWith = (read: TomlCheck | undefined, declared: TomlCheck): unknown => {
  if (read?.http === undefined || declared.http === undefined) return read;
  const { headers, tlsServerName, tlsSkipVerify, ...rest } = read.http;
  const names = Object.keys(declared.http.headers).map((name) => name.toLowerCase());
  return {
    ...read,
    http: {
      ...rest,
      tlsServerName: declared.http.tlsServerName === undefined ? undefined : tlsServerName,
      tlsSkipVerify: declared.http.tlsSkipVerify === undefined ? undefined : tlsSkipVerify,
      // Headers that are not declared may be there.
      headers: Object.fromEntries(
        Object.entries(headers)
          .map(([name, value]): [string, string] => [name.toLowerCase(), value])
          .filter(([name]) => names.includes(name)),
      ),
    },
  };
};

const byPort = (services: readonly TomlService[]): TomlService[] =>
  [...services].sort((a, b) => (a.internalPort ?? 0) - (b.internalPort ?? 0));

const serviceWith = (read: TomlService | undefined, declared: TomlService): unknown =>
  read && {
    ...read,
    concurrency: declared.concurrency && read.concurrency,
    ports: [...read.ports]
      .sort((a, b) => (a.port ?? 0) - (b.port ?? 0))
      .map((port) => ({
        ...port,
        forceHttps:
          declared.ports.find((other) => other.port === port.port)?.forceHttps === undefined
            ? undefined
            : port.forceHttps,
      })),
    checks: sortedChecks(declared).map((check, index) => checkWith(sortedChecks(read)[index], check)),
    count: read.checks.length,
  };

const order = (check: TomlCheck): string =>
  [check.type, check.http?.path, check.interval, check.timeout, check.gracePeriod, check.http?.method].join(
    " ",
  );
const sortedChecks = (service: TomlService): TomlCheck[] =>
  [...service.checks].sort((a, b) => order(a).localeCompare(order(b)));

/** What the file says of all that the app declares, in the form of {@link wantedOf}: equal when it is in line. */
export const saidOf = (read: TomlDeclaration, app: ResolvedApp): unknown => {
  const declared = declaredInToml(app);
  return {
    app: read.app,
    region: read.region,
    deploy: Object.fromEntries(
      Object.entries(read.deploy).filter(
        ([key]) => declared.deploy[key as keyof typeof declared.deploy] !== undefined,
      ),
    ),
    groups: Object.fromEntries(
      Object.entries(declared.groups).map(([name, group]) => {
        const said = read.groups[name];
        const services = byPort(group.services);
        return [
          name,
          said && {
            vm: group.vm && said.vm,
            restart: group.restart && {
              policy: said.restart?.policy,
              retries: group.restart.retries === undefined ? undefined : said.restart?.retries,
            },
            metrics: group.metrics && said.metrics,
            services: byPort(said.services).map((service, index) =>
              services[index] === undefined ? service : serviceWith(service, services[index]),
            ),
            checks: Object.fromEntries(
              Object.entries(said.checks).map(([check, value]) => [
                check,
                group.checks[check] === undefined ? value : checkWith(value, group.checks[check]),
              ]),
            ),
          },
        ];
      }),
    ),
  };
};

/** The declaration, in the form in which a file in line says it. */
export const wantedOf = (app: ResolvedApp): unknown => saidOf(declaredInToml(app), app);

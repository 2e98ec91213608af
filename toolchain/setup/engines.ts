import { readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../root";

/** A program built from a pinned Go module. One row here and a folder with go.mod and go.sum add one. */
interface Engine {
  /** The program's name; also its folder below toolchain/engines, unless several come from one module. */
  readonly name: string;
  readonly folder?: string;
  /** The module that go.mod pins; its version is read from there, so it stands in one place. */
  readonly module: string;
  readonly goPackage: string;
  /** Linker settings besides `-s -w`. */
  readonly linkerFlags?: (version: string) => string;
  /** For the progress line: about how long a build takes on two cores with nothing cached. */
  readonly buildTime: string;
}

export const ENGINES = {
  pulumi: {
    name: "pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3",
    goPackage: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    // Without it `pulumi version` prints an empty line.
    linkerFlags: (version) => `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`,
    buildTime: "4 minutes",
  },
  gatus: {
    name: "gatus",
    module: "github.com/TwiN/gatus/v5",
    goPackage: "github.com/TwiN/gatus/v5",
    buildTime: "1 minute",
  },
  /** Keeps and answers metrics. */
  "victoria-metrics": {
    name: "victoria-metrics",
    module: "github.com/VictoriaMetrics/VictoriaMetrics",
    goPackage: "github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics",
    buildTime: "15 seconds",
  },
  /** Evaluates the alert rules. */
  vmalert: {
    name: "vmalert",
    folder: "victoria-metrics",
    module: "github.com/VictoriaMetrics/VictoriaMetrics",
    goPackage: "github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert",
    buildTime: "10 seconds",
  },
  /** Proves the alert rules. */
  "vmalert-tool": {
    name: "vmalert-tool",
    folder: "victoria-metrics",
    module: "github.com/VictoriaMetrics/VictoriaMetrics",
    goPackage: "github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert-tool",
    buildTime: "30 seconds",
  },
  /** Tells people. */
  alertmanager: {
    name: "alertmanager",
    module: "github.com/prometheus/alertmanager",
    goPackage: "github.com/prometheus/alertmanager/cmd/alertmanager",
    buildTime: "30 seconds",
  },
  /** Checks Alertmanager's configuration and routes. */
  amtool: {
    name: "amtool",
    folder: "alertmanager",
    module: "github.com/prometheus/alertmanager",
    goPackage: "github.com/prometheus/alertmanager/cmd/amtool",
    buildTime: "30 seconds",
  },
  /** Turns apps' JSON answers into metrics. */
  json_exporter: {
    name: "json_exporter",
    module: "github.com/prometheus-community/json_exporter",
    goPackage: "github.com/prometheus-community/json_exporter",
    buildTime: "20 seconds",
  },
} as const satisfies Record<string, Engine>;

export type EngineName = keyof typeof ENGINES;
export type { Engine };

export const engineNames = Object.keys(ENGINES) as EngineName[];

export const engineFolder = ({ name, folder = name }: Engine): string =>
  path.join(repositoryRoot, "toolchain", "engines", folder);

/** The pinned version, with its v. */
export const engineVersion = (engine: Engine): string => {
  const file = path.join(engineFolder(engine), "go.mod");
  const line = readFileSync(file, "utf8")
    .split("\n")
    .find((text) => text.startsWith(`require ${engine.module} `));
  const version = line?.split(" ")[2];
  if (version === undefined) throw new Error(`${file}: no line "require ${engine.module} VERSION"`);
  return version;
};

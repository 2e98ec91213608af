import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../../../toolchain/root";
import { ENGINES } from "../../../toolchain/setup/engines";
import { enginePath } from "../../../toolchain/setup/go-build";
import { imageName } from "./image-name";

/** A real program that machines run, beside the guest harness. */
export interface Engine {
  /** Its image, without registry and tag. */
  readonly image: string;
  /** What a command calls it, and what its file is called here. */
  readonly names: readonly string[];
  /** Flags that say where it listens, with what each is set to where the command has none. `:port` is the machine's own. */
  readonly listens: Readonly<Record<string, string>>;
  /** The same by environment, which is set whatever the config says: it may name every address or none. */
  readonly listensBy?: string;
  /**
   * How to have it show at once what it has taken in, where it collects that first for a time that no flag divides: the
   * path, and the flag of the key that opens it.
   */
  readonly flush?: { readonly path: string; readonly keyFlag: string };
}

/** The watchtower's engines, and Node for programs of one's own. */
const engines: readonly Engine[] = [
  {
    image: "victoriametrics/victoria-metrics",
    names: ["victoria-metrics", "victoria-metrics-prod"],
    listens: { httpListenAddr: ":8428" },
    flush: { path: "/internal/force_flush", keyFlag: "forceFlushAuthKey" },
  },
  {
    image: "victoriametrics/vmalert",
    names: ["vmalert", "vmalert-prod"],
    listens: { httpListenAddr: ":8880" },
  },
  {
    image: "prom/alertmanager",
    names: ["alertmanager"],
    // Its gossip would listen on every address of the computer.
    listens: { "web.listen-address": ":9093", "cluster.listen-address": "" },
  },
  {
    image: "prometheuscommunity/json-exporter",
    names: ["json_exporter", "json-exporter"],
    listens: { "web.listen-address": ":7979" },
  },
  { image: "twin/gatus", names: ["gatus"], listens: {}, listensBy: "GATUS_ADDRESS" },
  { image: "node", names: ["node"], listens: {} },
];

/** Images of engines. */
export const engineImages: readonly string[] = engines.map(({ image }) => image);

export const engineOfImage = (image: string): Engine | undefined => {
  const { repository } = imageName(image);
  return engines.find((engine) => engine.image === repository);
};

/** The engine that a command's first word names, with or without a path. */
export const engineNamed = (program: string): Engine | undefined =>
  engines.find(({ names }) => names.includes(path.posix.basename(program)));

const executable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Where an engine's program is: what `npm run setup` has built, else .flymon/bin, else PATH. */
export const programOf = ({ names }: Engine, env: NodeJS.ProcessEnv = process.env): string | undefined => {
  if (names.includes("node")) return process.execPath;
  const built = Object.values(ENGINES)
    .filter(({ name }) => names.includes(name))
    .map((engine) => enginePath(engine, env))
    .find((file) => existsSync(file));
  if (built !== undefined) return built;
  const folders = [path.join(repositoryRoot, ".flymon", "bin"), ...(env.PATH ?? "").split(path.delimiter)];
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(executable);
};

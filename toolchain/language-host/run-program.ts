import type { handleUnaryCall } from "@grpc/grpc-js";
import { RunResponse, type RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { unary } from "../grpc/serve";
import { startChild } from "./children";
import { runtimeEnvironment, runtimeOptions, sdkRunner } from "./runtime";

/** The SDK's runner ends so after it has told the user what went wrong: nothing is to be added. */
const ALREADY_TOLD = 32;

/** `ns:name` as the engine sends it, `ns:config:name` as the SDK reads it. */
const configKey = (key: string): string => {
  const [namespace = "", ...name] = key.split(":");
  return `${namespace}:config:${name.at(-1) ?? ""}`;
};

const flag = (name: string, value: string | number): string[] =>
  value === "" ? [] : [`--${name}`, String(value)];

/** The arguments of `node` for this request. */
const nodeArguments = (request: RunRequest, engine: string): string[] => {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() || request.getPwd();
  return [
    ...runtimeOptions(info).nodeArguments,
    sdkRunner(folder, "run"),
    ...flag("monitor", request.getMonitorAddress()),
    ...flag("engine", engine),
    ...flag("organization", request.getOrganization()),
    ...flag("project", request.getProject()),
    ...flag("stack", request.getStack()),
    ...flag("root-directory", info?.getRootDirectory() ?? ""),
    ...flag("pwd", request.getPwd()),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    ...flag("parallel", request.getParallel()),
    info?.getEntryPoint() || request.getProgram() || ".",
    ...request.getArgsList(),
  ];
};

const environment = (request: RunRequest): NodeJS.ProcessEnv => {
  const config = request.getConfigMap().toArray();
  return {
    ...process.env,
    ...runtimeEnvironment(runtimeOptions(request.getInfo())),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(config.map(([key, value]) => [configKey(key), value]))),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList().map(configKey)),
  };
};

const outcome = (code: number | null, signal: NodeJS.Signals | null): RunResponse => {
  const response = new RunResponse();
  if (code === 0) return response;
  if (code === ALREADY_TOLD) return response.setBail(true);
  return response.setError(
    signal === null
      ? `Program exited with non-zero exit code: ${String(code)}`
      : `Program was ended by signal ${signal}`,
  );
};

/** Run: starts the SDK's runner on the program and answers when it has ended. */
export const runProgram = (engine: string): handleUnaryCall<RunRequest, RunResponse> =>
  unary(
    (request) =>
      new Promise<RunResponse>((resolve, reject) => {
        const child = startChild(process.execPath, nodeArguments(request, engine), {
          cwd: request.getPwd(),
          env: environment(request),
          // The engine reads the host's own streams and shows them as the program's.
          stdio: ["ignore", "inherit", "inherit"],
        });
        child.once("error", reject);
        child.once("close", (code, signal) => {
          resolve(outcome(code, signal));
        });
      }),
  );

import { status, type handleServerStreamingCall } from "@grpc/grpc-js";
import { RunPluginResponse, type RunPluginRequest } from "@pulumi/pulumi/proto/language_pb";
import { startChild } from "./children";
import { runtimeEnvironment, runtimeOptions, sdkRunner } from "./runtime";

/** The command line and folder for each kind of plugin that may be written in Node.js. */
const launch = (request: RunPluginRequest): { args: string[]; cwd: string } => {
  const folder = request.getInfo()?.getProgramDirectory() || request.getProgram();
  const args = request.getArgsList();
  // A policy pack's runner takes the engine first and the program last, and finds tsconfig.json and packages in its
  // working folder; every other plugin's takes the program first and works where the engine says.
  return request.getKind() === "analyzer"
    ? { args: [sdkRunner(folder, "run-policy-pack"), ...args, folder], cwd: folder }
    : { args: [sdkRunner(folder, "run-plugin"), folder, ...args], cwd: request.getPwd() };
};

/** RunPlugin: runs a plugin written in Node.js and streams its output and exit code. */
export const runPlugin: handleServerStreamingCall<RunPluginRequest, RunPluginResponse> = (call) => {
  try {
    const options = runtimeOptions(call.request.getInfo());
    const { args, cwd } = launch(call.request);
    const given = Object.fromEntries(
      call.request.getEnvList().map((entry) => {
        const at = entry.indexOf("=");
        return [entry.slice(0, at), entry.slice(at + 1)];
      }),
    );
    const child = startChild(process.execPath, [...options.nodeArguments, ...args], {
      cwd,
      env: { ...given, ...runtimeEnvironment(options) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout?.on("data", (chunk: Buffer) => call.write(new RunPluginResponse().setStdout(chunk)));
    child.stderr?.on("data", (chunk: Buffer) => call.write(new RunPluginResponse().setStderr(chunk)));
    child.once("error", (error) => call.destroy(error));
    child.once("close", (code) => {
      call.write(new RunPluginResponse().setExitcode(code ?? 1));
      call.end();
    });
    // The engine ends a plugin by cancelling this call.
    call.once("cancelled", () => child.kill("SIGTERM"));
  } catch (error) {
    call.emit("error", {
      code: status.UNKNOWN,
      details: error instanceof Error ? error.message : String(error),
    });
  }
};

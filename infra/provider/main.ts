import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { existsSync } from "node:fs";
import path from "node:path";
import { connectEngine, type Engine } from "./engine";
import { messageOf } from "./errors";
import { version } from "./package.json";
import { createProvider } from "./provider";
import { createRedactor } from "./redact";
import { resourceKinds } from "./registry";
import { packageSchema } from "./schema";
import { createService } from "./server";

// The plugin's process. The engine starts it with its own address, reads the port from the first line of stdout,
// and ends it with a signal when it is done.

/** The user's project: the nearest folder upwards from where the engine started us that holds a Pulumi.yaml. */
const findProjectRoot = (from: string): string => {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (["Pulumi.yaml", "Pulumi.yml"].some((file) => existsSync(path.join(folder, file)))) return folder;
    if (folder === path.dirname(folder)) return from;
  }
};

let engine: Engine | undefined;
const attach = (address: string): void => {
  engine = connectEngine(address);
  engine.onceGone(() => process.exit(0));
};
const engineAddress = process.argv[2];
if (engineAddress !== undefined) attach(engineAddress);

const redactor = createRedactor();
const provider = createProvider({
  kinds: resourceKinds,
  environment: process.env,
  projectRoot: findProjectRoot(process.cwd()),
  redactor,
  log: (severity, message, urn) => engine?.log(severity, message, urn),
});

const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(
  ResourceProviderService,
  createService({
    provider,
    redactor,
    version,
    schema: () => packageSchema(version, resourceKinds),
    attach,
    onDefect: (error) => {
      const stack = error instanceof Error ? error.stack : undefined;
      engine?.log("debug", redactor.redact(stack ?? messageOf(error)), "");
    },
  }),
);

// Calls in flight may be making something whose id is not in the state yet: they end first, and the provider's own
// bounds on time see to it that they do.
const shutDown = (): void => {
  provider.cancel();
  server.tryShutdown(() => process.exit(0));
};
process.once("SIGINT", shutDown);
process.once("SIGTERM", shutDown);

server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    process.stderr.write(`flymon: cannot listen on 127.0.0.1: ${error.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`${port}\n`);
});

import {
  Server,
  ServerCredentials,
  status,
  type handleUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";

/** An error the caller sees as it is: the message alone, never a stack. */
const refusal = (error: unknown) => ({
  code: status.UNKNOWN,
  details: error instanceof Error ? error.message : String(error),
});

/** A unary gRPC handler from a plain function; a thrown error becomes the call's error. */
export const unary =
  <Request, Response>(
    answer: (request: Request) => Response | Promise<Response>,
  ): handleUnaryCall<Request, Response> =>
  (call, callback) => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(refusal(error));
        },
      );
  };

/**
 * Serves one gRPC service on a free loopback port and prints that port as the first line of stdout, which is how
 * the Pulumi engine finds a plugin. Calls without a handler answer UNIMPLEMENTED. The process ends when the engine
 * that started it is gone, even where that was killed: a plugin has no other reason to live.
 */
export const serve = (
  service: ServiceDefinition,
  implementation: UntypedServiceImplementation,
  atEnd: () => void = () => undefined,
): void => {
  const server = new Server({
    // State and archives may be larger than gRPC's 4 MiB default; the engine sets no limit either.
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(service, implementation);

  const end = (code: number) => {
    atEnd();
    process.exit(code);
  };
  // The engine interrupts a plugin's process group when it is done with it. Ctrl-C in the terminal does not come
  // here: plugins have a process group of their own, and the engine calls Cancel.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end(0));
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end(0);
  }, 1000).unref();

  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      process.stderr.write(`cannot listen on loopback: ${error.message}\n`);
      end(1);
    }
    process.stdout.write(`${port}\n`);
  });
};

/** The engine's address as the CLI passes it: the last positional argument. */
export const engineAddress = (): string =>
  process.argv
    .slice(2)
    .filter((argument) => !argument.startsWith("-"))
    .at(-1) ?? "";

import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Sends lines to the engine, which shows them beside the resource; `settled` waits until all have arrived. */
export interface EngineLog {
  line(urn: string, message: string): void;
  settled(): Promise<void>;
}

export const engineLog = (address: string): EngineLog => {
  let client: EngineClient | undefined;
  // One after the other, or lines would overtake each other.
  let last: Promise<void> = Promise.resolve();
  return {
    line(urn, message) {
      client ??= new EngineClient(address, credentials.createInsecure());
      const engine = client;
      const request = new LogRequest().setSeverity(LogSeverity.INFO).setUrn(urn).setMessage(message);
      // A line that cannot be shown must not fail the resource: its outcome does not depend on it.
      last = last.then(
        () =>
          new Promise((resolve) =>
            engine.log(request, () => {
              resolve();
            }),
          ),
      );
    },
    settled: () => last,
  };
};

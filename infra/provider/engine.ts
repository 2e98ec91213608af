import { connectivityState, credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

export type Severity = "debug" | "info" | "warning" | "error";

const severities: { readonly [severity in Severity]: LogSeverity } = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** The engine's side of the plugin: where messages for the user go. */
export interface Engine {
  readonly log: (severity: Severity, message: string, urn: string) => void;
  /** Calls `gone` once the engine has ended, so that a killed `pulumi up` leaves no process behind. */
  readonly onceGone: (gone: () => void) => void;
}

export const connectEngine = (address: string): Engine => {
  const client = new EngineClient(address, credentials.createInsecure());
  return {
    log: (severity, message, urn) => {
      const request = new LogRequest();
      request.setSeverity(severities[severity]);
      request.setMessage(message);
      request.setUrn(urn);
      client.log(request, () => undefined); // a lost log line must not fail the operation it tells of
    },
    onceGone: (gone) => {
      watch(client.getChannel(), gone);
    },
  };
};

// A connection that was there and cannot be made again means that the engine has ended.
const watch = (channel: ReturnType<EngineClient["getChannel"]>, gone: () => void): void => {
  let connected = false;
  const look = (): void => {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.READY) connected = true;
    if (connected && state === connectivityState.TRANSIENT_FAILURE) {
      gone();
      return;
    }
    channel.watchConnectivityState(state, Infinity, look);
  };
  look();
};

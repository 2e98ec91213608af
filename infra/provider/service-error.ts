import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { messageOf, PartialFailure, ProviderError } from "./errors";
import { encode } from "./properties";
import type { Redactor } from "./redact";

export interface ErrorContext {
  readonly redactor: Redactor;
  /** Told of errors that nobody has put into words for the user: defects of this provider. */
  readonly onDefect: (error: unknown) => void;
}

/** An error as the engine takes it: a message without a stack, and the state of what exists in spite of it. */
export const serviceErrorOf = (error: unknown, context: ErrorContext): ServiceError => {
  const { redactor } = context;
  if (error instanceof PartialFailure) {
    const detail = new ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(encode(error.state, error.secretPaths));
    detail.setReasonsList(error.reasons.map(redactor.redact));
    const message = redactor.redact(error.message);
    return serviceError(status.UNKNOWN, message, detailsOf(message, detail));
  }
  if (error instanceof ProviderError) return serviceError(status.UNKNOWN, redactor.redact(error.message));
  if (isTimeout(error)) {
    return serviceError(status.DEADLINE_EXCEEDED, "it took longer than the resource's custom timeout allows");
  }
  context.onDefect(error);
  const message = `flymon failed unexpectedly: ${redactor.redact(messageOf(error))}`;
  return serviceError(status.INTERNAL, message);
};

export const unimplemented = (what: string): ServiceError =>
  serviceError(status.UNIMPLEMENTED, `flymon has no ${what}; it has resources only`);

const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === "TimeoutError";

const serviceError = (code: status, details: string, metadata = new Metadata()): ServiceError =>
  Object.assign(new Error(details), { code, details, metadata });

// The engine reads the state of a partly made resource from gRPC's standard place for error details.
const detailsOf = (message: string, detail: ErrorResourceInitFailed): Metadata => {
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const wrapper = new Status();
  wrapper.setCode(status.UNKNOWN);
  wrapper.setMessage(message);
  wrapper.addDetails(packed);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(wrapper.serializeBinary()));
  return metadata;
};

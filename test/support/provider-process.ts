import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { decode, encode, type Decoded, type Properties } from "../../infra/provider/properties";
import { repositoryRoot } from "../../toolchain/root";

type Send<Response> = (
  client: ResourceProviderClient,
  callback: (error: ServiceError | null, response: Response) => void,
) => unknown;

/** The provider as its own process, and the engine's calls to it. */
export interface ProviderProcess {
  readonly child: ChildProcess;
  readonly client: ResourceProviderClient;
  readonly call: <Response>(send: Send<Response>) => Promise<Response>;
  readonly configure: (values: Properties) => Promise<void>;
  readonly create: (type: string, inputs: Properties, preview?: boolean) => Promise<{ id: string } & Decoded>;
  readonly cancel: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export const startProvider = async (cwd: string, engineAddress?: string): Promise<ProviderProcess> => {
  const entry = path.join(repositoryRoot, "infra/provider/index.cjs");
  const child = spawn(process.execPath, [entry, ...(engineAddress === undefined ? [] : [engineAddress])], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env["PATH"] },
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const client = new ResourceProviderClient(
    `127.0.0.1:${line.toString().trim()}`,
    credentials.createInsecure(),
  );

  const call: ProviderProcess["call"] = (send) =>
    new Promise((resolve, reject) => {
      send(client, (error, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });

  return {
    child,
    client,
    call,
    configure: async (values) => {
      const request = new proto.ConfigureRequest();
      request.setArgs(encode(values, new Set(["slackToken"])));
      await call<proto.ConfigureResponse>((engine, done) => engine.configure(request, done));
    },
    create: async (type, inputs, preview = false) => {
      const request = new proto.CreateRequest();
      request.setUrn(`urn:pulumi:dev::trial::${type}::x`);
      request.setProperties(encode(inputs));
      request.setPreview(preview);
      const response = await call<proto.CreateResponse>((engine, done) => engine.create(request, done));
      return { id: response.getId(), ...decode(response.getProperties()) };
    },
    cancel: async () => {
      await call<Empty>((engine, done) => engine.cancel(new Empty(), done));
    },
    close: async () => {
      client.close();
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
};

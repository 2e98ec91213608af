import { type handleUnaryCall } from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { CheckResult } from "./check";
import type { PropertyChange } from "./diff";
import { decode, encode, type Decoded } from "./properties";
import type { Provider, Target } from "./provider";
import type { Redactor } from "./redact";
import { serviceErrorOf, unimplemented } from "./service-error";

export interface ServiceOptions {
  readonly provider: Provider;
  readonly redactor: Redactor;
  readonly version: string;
  readonly schema: () => string;
  /** Called when an engine connects to a plugin that was started by hand. */
  readonly attach: (engineAddress: string) => void;
  /** Told of failures that are defects of this provider. */
  readonly onDefect: (error: unknown) => void;
}

/** The gRPC service that the engine calls: messages in, messages out; what they mean is the provider's business. */
export const createService = (options: ServiceOptions): IResourceProviderServer => {
  const { provider, redactor } = options;

  const read = (struct: Parameters<typeof decode>[0]): Decoded => {
    const decoded = decode(struct);
    redactor.learn(decoded.secretTexts);
    return decoded;
  };

  const unary =
    <Request, Response>(
      handle: (request: Request) => Response | Promise<Response>,
    ): handleUnaryCall<Request, Response> =>
    async (call, callback) => {
      try {
        callback(null, await handle(call.request));
      } catch (error) {
        callback(serviceErrorOf(error, options));
      }
    };

  const refuse =
    <Request, Response>(what: string): handleUnaryCall<Request, Response> =>
    (_call, callback) => {
      callback(unimplemented(what));
    };

  return {
    handshake: unary(() => {
      const response = new proto.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    }),

    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(options.version);
      return info;
    }),

    attach: unary((request: PluginAttach) => {
      options.attach(request.getAddress());
      return new Empty();
    }),

    getSchema: unary(() => {
      const response = new proto.GetSchemaResponse();
      response.setSchema(options.schema());
      return response;
    }),

    checkConfig: unary((request: proto.CheckRequest) => {
      const news = read(request.getNews());
      const { failures } = provider.checkConfig(news.values);
      return checkResponse({ properties: news.values, failures }, news.secretPaths, redactor);
    }),

    // Another token or address is used from the next call on; no resource has to be replaced for it.
    diffConfig: unary((request: proto.DiffRequest) => {
      const changes = provider.diffConfig(read(request.getOlds()).values, read(request.getNews()).values);
      return diffResponse(changes.map((change) => ({ ...change, replaces: false, isInputDiff: true })));
    }),

    configure: unary((request: proto.ConfigureRequest) => {
      provider.configure(read(request.getArgs()).values);
      const response = new proto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),

    check: unary((request: proto.CheckRequest) => {
      const news = read(request.getNews());
      const former = read(request.getOlds()).values;
      const checked = provider.check(typeOf(request), news, former);
      const secretPaths = new Set([...news.secretPaths, ...(checked.secretPaths ?? [])]);
      return checkResponse(checked, secretPaths, redactor);
    }),

    diff: unary((request: proto.DiffRequest) => {
      const input = {
        state: read(request.getOlds()).values,
        oldInputs: read(request.getOldInputs()).values,
        newInputs: read(request.getNews()).values,
        ignoreChanges: request.getIgnorechangesList(),
      };
      const response = diffResponse(provider.diff(typeOf(request), input));
      response.setDeletebeforereplace(provider.mustGoFirst(typeOf(request), input));
      return response;
    }),

    create: unary(async (request: proto.CreateRequest) => {
      const inputs = read(request.getProperties());
      const target = targetOf(request);
      const made = request.getPreview()
        ? await provider.preview(target, "", undefined, inputs)
        : await provider.create(target, inputs);
      const response = new proto.CreateResponse();
      response.setId(made.id);
      response.setProperties(encode(made.state, made.secretPaths));
      return response;
    }),

    read: unary(async (request: proto.ReadRequest) => {
      const found = await provider.read(
        targetOf(request),
        request.getId(),
        read(request.getProperties()),
        read(request.getInputs()),
      );
      const response = new proto.ReadResponse(); // without an id: it is gone
      if (found === undefined) return response;
      response.setId(found.id);
      response.setProperties(encode(found.state, found.secretPaths));
      response.setInputs(encode(found.inputs, found.secretPaths));
      return response;
    }),

    update: unary(async (request: proto.UpdateRequest) => {
      const state = read(request.getOlds());
      const news = read(request.getNews());
      const target = targetOf(request);
      const updated = request.getPreview()
        ? await provider.preview(target, request.getId(), state.values, news)
        : await provider.update(target, request.getId(), state, news);
      const response = new proto.UpdateResponse();
      response.setProperties(encode(updated.state, updated.secretPaths));
      return response;
    }),

    delete: unary(async (request: proto.DeleteRequest) => {
      const state = read(request.getProperties()).values;
      await provider.delete(targetOf(request), request.getId(), state, read(request.getOldInputs()).values);
      return new Empty();
    }),

    cancel: unary(() => {
      provider.cancel();
      return new Empty();
    }),

    invoke: refuse("functions to invoke"),
    call: refuse("methods to call"),
    construct: refuse("components to construct"),
    parameterize: refuse("parameters"),
    getMapping: refuse("mappings"),
    getMappings: refuse("mappings"),
    list: (call) => {
      call.emit("error", unimplemented("lists of resources"));
    },
  };
};

/** The resource type; older engines send only the URN, which ends in `::PARENT$TYPE::NAME`. */
const typeOf = (request: { getType(): string; getUrn(): string }): string =>
  request.getType() || (request.getUrn().split("::")[2] ?? "").replace(/^.*\$/, "");

const targetOf = (request: { getType(): string; getUrn(): string; getTimeout(): number }): Target => ({
  type: typeOf(request),
  urn: request.getUrn(),
  timeout: request.getTimeout(),
});

const checkResponse = (
  { properties, failures }: CheckResult,
  secretPaths: ReadonlySet<string>,
  redactor: Redactor,
): proto.CheckResponse => {
  const response = new proto.CheckResponse();
  response.setInputs(encode(properties, secretPaths));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new proto.CheckFailure();
      failure.setProperty(property);
      failure.setReason(redactor.redact(reason));
      return failure;
    }),
  );
  return response;
};

const { Kind } = proto.PropertyDiff;
const kinds = {
  add: { inPlace: Kind.ADD, replacing: Kind.ADD_REPLACE },
  delete: { inPlace: Kind.DELETE, replacing: Kind.DELETE_REPLACE },
  update: { inPlace: Kind.UPDATE, replacing: Kind.UPDATE_REPLACE },
} as const;

const diffResponse = (changes: readonly PropertyChange[]): proto.DiffResponse => {
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse();
  response.setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList([...new Set(changes.map(({ path }) => topLevel(path)))]);
  response.setReplacesList([
    ...new Set(changes.filter(({ replaces }) => replaces).map(({ path }) => topLevel(path))),
  ]);
  response.setHasdetaileddiff(true);
  for (const { path, kind, replaces, isInputDiff } of changes) {
    const propertyDiff = new proto.PropertyDiff();
    propertyDiff.setKind(kinds[kind][replaces ? "replacing" : "inPlace"]);
    propertyDiff.setInputdiff(isInputDiff);
    response.getDetaileddiffMap().set(path, propertyDiff);
  }
  return response;
};

const topLevel = (path: string): string => /^[^.[]+/.exec(path)?.[0] ?? path;

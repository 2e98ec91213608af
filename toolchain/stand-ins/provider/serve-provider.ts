import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckFailure,
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  InvokeResponse,
  ProviderHandshakeResponse,
  ReadResponse,
  UpdateResponse,
  type CheckRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type InvokeRequest,
  type ReadRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { engineAddress, serve, unary } from "../../grpc/serve";
import { diffResponse } from "./diff";
import { engineLog } from "./engine-log";
import { previewed, sealed } from "./outputs";
import type { Context, Provider, ResourceType } from "./resource-type";
import { fromStruct, holdsSecret, plainValues, secret, toStruct, type Values } from "./values";

/** `urn:pulumi:stack::project::parent$type::name` -> `type`. */
export const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

/** Serves a provider's resource types over the engine's plugin protocol. */
export const serveProvider = (provider: Provider): void => {
  const log = engineLog(engineAddress());
  const cancellation = new AbortController();

  const typeFor = (urn: string): ResourceType => {
    const type = typeOf(urn);
    const found = provider.resources[type];
    if (found) return found;
    const covered = Object.keys(provider.resources).join(", ");
    throw new Error(
      `${type} is not covered by this stand-in of the vendor's plugin (covered: ${covered}); install the plugin itself ` +
        `with "pulumi plugin install"`,
    );
  };
  /** Runs an operation and lets its log lines arrive before the answer ends the resource's step. */
  const within = async <T>(urn: string, operation: (context: Context) => Promise<T>): Promise<T> => {
    try {
      return await operation({
        urn,
        log: (line) => {
          log.line(urn, line);
        },
        cancelled: cancellation.signal,
      });
    } finally {
      await log.settled();
    }
  };

  const check = (request: CheckRequest): CheckResponse => {
    const given = fromStruct(request.getNews());
    const { inputs, failures } = typeFor(request.getUrn()).check(plainValues(given));
    // What the user gave goes back as it came, so that secrets stay secret; defaults are added to it.
    return new CheckResponse()
      .setInputs(toStruct({ ...inputs, ...given }))
      .setFailuresList(
        failures.map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason)),
      );
  };

  const diff = (request: DiffRequest): DiffResponse => {
    const type = typeFor(request.getUrn());
    const olds = fromStruct(request.getOldInputs() ?? request.getOlds());
    return diffResponse(
      type,
      // Inputs kept by the vendor's plugin may lack defaults that ours writes down; both read the same so.
      type.check(plainValues(olds)).inputs,
      type.check(plainValues(fromStruct(request.getNews()))).inputs,
      request.getIgnorechangesList(),
    );
  };

  const create = (request: CreateRequest): Promise<CreateResponse> =>
    within(request.getUrn(), async (context) => {
      const type = typeFor(request.getUrn());
      const inputs = fromStruct(request.getProperties());
      if (request.getPreview()) {
        const outputs = previewed(type, plainValues(inputs));
        return new CreateResponse().setProperties(toStruct(sealed(type, inputs, outputs)));
      }
      const { id, outputs } = await type.create(plainValues(inputs), context);
      return new CreateResponse().setId(id).setProperties(toStruct(sealed(type, inputs, outputs)));
    });

  const update = (request: UpdateRequest): Promise<UpdateResponse> =>
    within(request.getUrn(), async (context) => {
      const type = typeFor(request.getUrn());
      const news = fromStruct(request.getNews());
      const state = plainValues(fromStruct(request.getOlds()));
      const inputs = plainValues(news);
      if (!type.update) throw new Error(`${typeOf(request.getUrn())} cannot be changed in place`);
      const outputs = request.getPreview()
        ? previewed(type, inputs)
        : await type.update(inputs, state, context);
      return new UpdateResponse().setProperties(toStruct(sealed(type, news, outputs)));
    });

  const read = (request: ReadRequest): ReadResponse => {
    const state = request.getProperties();
    if (!state || state.getFieldsMap().getLength() === 0) {
      throw new Error(
        `${typeOf(request.getUrn())} cannot be imported by this stand-in; use the vendor's plugin for that`,
      );
    }
    const kept = fromStruct(state);
    const found = typeFor(request.getUrn()).read?.(plainValues(kept)) ?? {};
    const fresh: Values = Object.fromEntries(
      Object.entries(found).map(([name, value]) => [
        name,
        holdsSecret(kept[name] ?? null) ? secret(value) : value,
      ]),
    );
    return new ReadResponse()
      .setId(request.getId())
      .setProperties(toStruct({ ...kept, ...fresh }))
      .setInputs(request.getInputs());
  };

  const remove = (request: DeleteRequest): Promise<Empty> =>
    within(request.getUrn(), async (context) => {
      await typeFor(request.getUrn()).delete?.(plainValues(fromStruct(request.getProperties())), context);
      return new Empty();
    });

  const invoke = (request: InvokeRequest): Promise<InvokeResponse> =>
    within("", async (context) => {
      const found = provider.functions[request.getTok()];
      if (!found)
        throw new Error(`${request.getTok()} is not covered by this stand-in of the vendor's plugin`);
      const args = fromStruct(request.getArgs());
      const result = await found.call(plainValues(args), context);
      const hidden = Object.values(args).some(holdsSecret);
      return new InvokeResponse().setReturn(
        toStruct(
          Object.fromEntries(
            Object.entries(result).map(([name, value]) => [
              name,
              hidden && (found.derived.includes(name) || holdsSecret(args[name] ?? null))
                ? secret(value)
                : value,
            ]),
          ),
        ),
      );
    });

  const cancel = (): Empty => {
    cancellation.abort();
    return new Empty();
  };

  serve(
    ResourceProviderService,
    {
      handshake: unary(() => new ProviderHandshakeResponse().setAcceptSecrets(true)),
      getPluginInfo: unary(() => new PluginInfo().setVersion(provider.version)),
      checkConfig: unary((request: CheckRequest) => new CheckResponse().setInputs(request.getNews())),
      // No setting of theirs changes what the resources are.
      diffConfig: unary(() => new DiffResponse().setChanges(DiffResponse.DiffChanges.DIFF_NONE)),
      configure: unary(() => new ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
      check: unary(check),
      diff: unary(diff),
      create: unary(create),
      update: unary(update),
      read: unary(read),
      delete: unary(remove),
      invoke: unary(invoke),
      cancel: unary(cancel),
    },
    cancel,
  );
};

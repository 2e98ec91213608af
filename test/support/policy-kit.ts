import { createRequire } from "node:module";
import type { PolicyPackArgs } from "@pulumi/policy";
import {
  AnalyzeRequest,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  EnforcementLevel,
  type AnalyzeResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/**
 * Runs policies as the engine does, without the engine: requests on the wire's own types go through the very
 * functions with which @pulumi/policy serves them, so unknown and secret values reach a policy through the SDK's own
 * proxies, and a violation comes back at the level that the engine would see.
 */

/** A resource as a program registers it. Inputs may hold {@link unknownValue} and {@link secret} at any depth. */
export interface KitResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: object;
  /** What a stack policy is shown; a component that registers no outputs has none. */
  readonly outputs?: object;
}

export interface Violation {
  readonly policy: string;
  readonly level: "advisory" | "mandatory";
  readonly message: string;
  /** Name of the resource; undefined for the stack as a whole. */
  readonly resource: string | undefined;
}

/** The wire's marker of a value that is not known before the apply, whatever its type will be. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value that the program has marked as secret. */
export const secret = (value: unknown): object => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

type Call<Request> = (
  call: { readonly request: Request },
  callback: (error: Error | null | undefined, response?: AnalyzeResponse) => void,
) => unknown;
type Make<Request> = (
  pack: string,
  version: string,
  level: "mandatory",
  policies: PolicyPackArgs["policies"],
) => Call<Request>;

/** The SDK exports these for its own tests, without types. */
const sdk = createRequire(__filename)("@pulumi/policy/server") as {
  readonly makeAnalyzeRpcFun: Make<AnalyzeRequest>;
  readonly makeAnalyzeStackRpcFun: Make<AnalyzeStackRequest>;
};

const urnOf = ({ type, name }: KitResource): string => `urn:pulumi:test::hotdash::${type}::${name}`;

/** Without the fields that have no value: on the wire there are none. */
const structOf = (value: object): Struct =>
  Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as Record<string, JavaScriptValue>);

const answer = <Request>(call: Call<Request>, request: Request): Promise<AnalyzeResponse> =>
  new Promise((resolve, reject) => {
    call({ request }, (error, response) => {
      if (response === undefined) reject(error ?? new Error("no response"));
      else resolve(response);
    });
  });

const violationsIn = (response: AnalyzeResponse, urn?: string): Violation[] =>
  response.getDiagnosticsList().map((diagnostic) => ({
    policy: diagnostic.getPolicyname(),
    level: diagnostic.getEnforcementlevel() === EnforcementLevel.MANDATORY ? "mandatory" : "advisory",
    message: diagnostic.getMessage(),
    resource: (urn ?? (diagnostic.getUrn() || undefined))?.split("::").at(-1),
  }));

/** Every violation of a preview of these resources: each is analysed as it is registered, then the stack. */
export const violationsOf = async (
  policies: PolicyPackArgs["policies"],
  resources: readonly KitResource[],
): Promise<Violation[]> => {
  const analyze = sdk.makeAnalyzeRpcFun("kit", "1.0.0", "mandatory", policies);
  const analyzeStack = sdk.makeAnalyzeStackRpcFun("kit", "1.0.0", "mandatory", policies);

  const found: Violation[] = [];
  for (const resource of resources) {
    const request = new AnalyzeRequest()
      .setType(resource.type)
      .setName(resource.name)
      .setUrn(urnOf(resource))
      .setProperties(structOf(resource.inputs))
      .setOptions(new AnalyzerResourceOptions());
    found.push(...violationsIn(await answer(analyze, request), urnOf(resource)));
  }
  const stack = new AnalyzeStackRequest().setResourcesList(
    resources.map((resource) =>
      new AnalyzerResource()
        .setType(resource.type)
        .setName(resource.name)
        .setUrn(urnOf(resource))
        .setProperties(structOf(resource.outputs ?? {}))
        .setOptions(new AnalyzerResourceOptions()),
    ),
  );
  return [...found, ...violationsIn(await answer(analyzeStack, stack))];
};

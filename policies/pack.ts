import type {
  PolicyPackArgs,
  ResourceValidation,
  ResourceValidationPolicy,
  StackValidation,
  StackValidationPolicy,
} from "@pulumi/policy";
import { fieldPath, formatDiagnostic } from "../infra/model/diagnostics";
import type { Origin } from "../infra/model/resources";
import { resourceTypes } from "../infra/model/resources";
import type { Locate } from "./places";
import type { Finding, Judged, ResourceRule, Rule, Stack, StackRule } from "./rule";

type TypeName = keyof Judged;

const typeNames = [
  "flyApp",
  "healthCheck",
  "autoscaling",
  "autoStop",
  "uptimeMonitor",
  "flyToml",
] as const satisfies TypeName[];
const typeNameOf = (type: string): TypeName | undefined =>
  typeNames.find((name) => resourceTypes[name] === type);

/** A resource as the engine sent it. The SDK's proxy throws when an unknown value is read from `props`. */
interface Seen {
  readonly name: string;
  readonly props: unknown;
}

/** The property that the SDK refuses to show in a preview; undefined when the error is another. */
const unknownProperty = (error: unknown): string | undefined =>
  error instanceof Error && "props" in error && Array.isArray(error.props)
    ? fieldPath(error.props.map((part) => (/^\d+$/.test(String(part)) ? Number(part) : String(part))))
    : undefined;

/**
 * What is said when a rule cannot judge. The SDK would report an unknown value as advisory and let the preview pass;
 * a gate that cannot see must not open.
 */
const blind = (rule: Rule, resource: string, error: unknown): string => {
  const property = unknownProperty(error);
  return property === undefined
    ? `${resource}: ${rule.name} cannot judge it: ${error instanceof Error ? error.message : String(error)}`
    : [
        `${resource}: ${property} is not known in preview, so ${rule.name} cannot judge it`,
        "    allowed: a plain value, known in every preview",
        "    mend:    write the value itself, not the output of another resource",
      ].join("\n");
};

const message = ({ origin, ...finding }: Finding, locate: Locate): string =>
  formatDiagnostic({
    ...locate({ ...finding, ...(origin && { origin }) }),
    subject: origin?.app ?? "stack",
    field: finding.field,
    value: finding.value,
    limit: finding.limit,
    mend: finding.mend,
  });

const metadata = (rule: Rule) => ({
  name: rule.name,
  displayName: rule.title,
  description: rule.demands,
  enforcementLevel: "mandatory" as const,
  severity: rule.severity,
  remediationSteps: `${rule.mend}\n\n${rule.why}\nLimit: ${rule.limit}. Source: ${rule.source}.`,
  ...(rule.url !== undefined && { url: rule.url }),
});

const judgeResource =
  (rule: ResourceRule, locate: Locate, remember: (urn: string, seen: Seen) => void): ResourceValidation =>
  ({ type, urn, name, props }, report) => {
    remember(urn, { name, props });
    const typeName = typeNameOf(type);
    const judge = typeName && (rule.judge[typeName] as ((inputs: unknown) => readonly Finding[]) | undefined);
    if (judge === undefined) return;
    try {
      for (const finding of judge(props)) report(message(finding, locate));
    } catch (error) {
      report(blind(rule, name, error));
    }
  };

/** All of a resource's inputs; throws where one of them is unknown. */
const plain = (props: unknown): unknown => JSON.parse(JSON.stringify(props));

const judgeStack =
  (rule: StackRule, locate: Locate, recall: (urn: string) => Seen | undefined): StackValidation =>
  ({ resources }, report) => {
    const stack = Object.fromEntries(typeNames.map((name) => [name, [] as unknown[]])) as Record<
      TypeName,
      unknown[]
    >;
    const appUrns = new Map<string, string>();
    let sees = true;
    for (const { type, urn } of resources) {
      const typeName = typeNameOf(type);
      const seen = recall(urn);
      // Not seen in this run: left in the state by a run with --target, and not the program's any more.
      if (typeName === undefined || seen === undefined || !rule.reads.includes(typeName)) continue;
      try {
        const inputs = plain(seen.props);
        stack[typeName].push(inputs);
        if (typeName === "flyApp") appUrns.set((inputs as Origin).app, urn);
      } catch (error) {
        sees = false;
        report(blind(rule, seen.name, error), urn);
      }
    }
    // Half a stack would only yield findings that are not there.
    if (!sees) return;
    try {
      for (const finding of rule.judgeStack(stack as unknown as Stack)) {
        report(message(finding, locate), finding.origin && appUrns.get(finding.origin.app));
      }
    } catch (error) {
      report(blind(rule, "stack", error));
    }
  };

/**
 * The rules as the SDK takes them. Stack rules judge the inputs that the resource rules were shown before: the SDK
 * gives them outputs, and a component has none but those it registers. Throws a RangeError without a resource rule
 * and a stack rule, or when two rules share a name: a pack that judges nothing must not start.
 */
export const policiesOf = (rules: readonly Rule[], locate: Locate): PolicyPackArgs["policies"] => {
  const names = rules.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`two policies are named ${twice}`);
  if (!rules.some((rule) => "judge" in rule) || !rules.some((rule) => "judgeStack" in rule)) {
    throw new RangeError("the policy pack needs at least one rule for resources and one for the stack");
  }

  const inputs = new Map<string, Seen>();
  return rules.map((rule): ResourceValidationPolicy | StackValidationPolicy =>
    "judge" in rule
      ? {
          ...metadata(rule),
          validateResource: judgeResource(rule, locate, (urn, seen) => inputs.set(urn, seen)),
        }
      : { ...metadata(rule), validateStack: judgeStack(rule, locate, (urn) => inputs.get(urn)) },
  );
};

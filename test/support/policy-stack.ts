import type { AppDeclaration } from "../../infra/model/app";
import type { Fleet } from "../../infra/model/fleet";
import {
  autoscalingInputs,
  autoStopInputs,
  flyAppInputs,
  healthCheckInputs,
  resourceTypes,
  uptimeMonitorInputs,
} from "../../infra/model/resources";
import type { SettingsInput } from "../../infra/model/settings";
import { flyTomlFile } from "../../infra/render/files";
import { policiesOf } from "../../policies/pack";
import type { Judged, Rule } from "../../policies/rule";
import { rules as registry } from "../../policies/registry";
import { fleetOf } from "./declarations";
import { violationsOf, type KitResource, type Violation } from "./policy-kit";

/** The resources that the program registers for a fleet and the policies judge. */
export const resourcesOf = ({ apps, settings }: Fleet): KitResource[] =>
  apps.flatMap((app) => [
    { type: resourceTypes.flyApp, name: app.name, inputs: flyAppInputs(app, settings) },
    ...healthCheckInputs(app, settings).map((inputs) => ({
      type: resourceTypes.healthCheck,
      name: `${app.name}-${inputs.processGroup}-${inputs.name}`,
      inputs,
    })),
    ...autoscalingInputs(app, settings).map((inputs) => ({
      type: resourceTypes.autoscaling,
      name: `${app.name}-${inputs.processGroup}`,
      inputs,
    })),
    ...autoStopInputs(app, settings).map((inputs) => ({
      type: resourceTypes.autoStop,
      name: `${app.name}-${inputs.processGroup}`,
      inputs,
    })),
    { type: resourceTypes.flyToml, name: app.name, inputs: flyTomlFile(app, settings.stack) },
    ...uptimeMonitorInputs(app, settings, `https://${app.name}.fly.dev`).map((inputs) => ({
      type: resourceTypes.uptimeMonitor,
      name: `${app.name}-${inputs.name}`,
      inputs,
    })),
  ]);

/** The same for a few declarations in one production stack. */
export const stackOf = (
  declarations: readonly AppDeclaration[],
  settings: Partial<SettingsInput> = {},
): KitResource[] => resourcesOf(fleetOf(declarations, settings));

/** The resources with inputs of one type changed, past what a declaration can say. */
export const withInputs = <Type extends keyof Judged>(
  resources: readonly KitResource[],
  type: Type,
  changes: { readonly [Field in keyof Judged[Type]]?: unknown },
): KitResource[] =>
  resources.map((resource) =>
    resource.type === resourceTypes[type]
      ? { ...resource, inputs: { ...resource.inputs, ...changes } }
      : resource,
  );

/** The resources without those of one type. */
export const without = (resources: readonly KitResource[], type: keyof Judged): KitResource[] =>
  resources.filter((resource) => resource.type !== resourceTypes[type]);

/** Line 7 of whatever file it is. */
const located: Parameters<typeof policiesOf>[1] = ({ origin }) => ({
  file: origin?.declaredIn ?? "Pulumi.<stack>.yaml",
  line: 7,
});

/** What the whole pack finds in these resources. */
export const judged = (resources: readonly KitResource[]): Promise<Violation[]> =>
  violationsOf(policiesOf(registry, located), resources);

/** The same, of one rule only. */
export const judgedBy = async ({ name }: Rule, resources: readonly KitResource[]): Promise<Violation[]> =>
  (await judged(resources)).filter(({ policy }) => policy === name);

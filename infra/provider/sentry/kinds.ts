import { ProviderError } from "../errors";
import { systemWorld, type HttpWorld } from "../http/client";
import type { ResourceKind } from "../resource";
import { restKind } from "../rest/kind";
import { sentryDialect } from "./dialect";
import { issueAlert } from "./issue-alert";
import { metricAlert } from "./metric-alert";
import { sentry } from "./service";

/** Issue alerts are below two names, so that an import names both: ORG/PROJECT/ID. */
const issueAlertKind = (world: HttpWorld): ResourceKind => {
  const kind = restKind(sentry, issueAlert, world);
  return {
    ...kind,
    read: async (id, state, context, inputs) => {
      if (state !== undefined) return kind.read(id, state, context, inputs);
      const [organization = "", project = "", ...name] = id.split("/");
      if (name.length === 0)
        throw new ProviderError({
          service: sentry.name,
          attempted: `importing the issue alert ${id}`,
          answer: "its organization or its project is missing",
          mend: "Import it as `ORG/PROJECT/ID`.",
        });
      const path = issueAlert.path({ organization, project });
      const below = restKind(sentry, { ...issueAlert, path: () => path }, world);
      const found = await below.read(name.join("/"), undefined, context, inputs);
      const inPath = { organization, project };
      return (
        found && {
          ...found,
          state: { ...inPath, ...found.state },
          inputs: { ...inPath, ...found.inputs },
        }
      );
    },
  };
};

/** Every kind of resource that is kept at Sentry. */
export const sentryKinds = ({ transport, clock }: HttpWorld = systemWorld): readonly ResourceKind[] => {
  const world: HttpWorld = { transport: sentryDialect(transport), clock };
  return [issueAlertKind(world), restKind(sentry, metricAlert, world)];
};

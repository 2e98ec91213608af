import { describe, expect, it } from "vitest";
import { betterStackTypes } from "../../infra/model/betterstack";
import { sentryTypes } from "../../infra/model/observability";
import { resourceTypes } from "../../infra/model/resources";
import { uptimeRobotTypes } from "../../infra/model/uptimerobot";
import { resourceKinds } from "../../infra/provider/registry";

describe("the provider's registry", () => {
  it("has the kinds that the program registers as custom resources, by the same names", () => {
    const { flyToml, texts, machineSettings, gatusConfig } = resourceTypes;
    const { slackChannel, slackBookmark, slackMessage } = resourceTypes;
    const { platformApp, volume, machine } = resourceTypes;
    expect(resourceKinds.map(({ type }) => type)).toEqual([
      flyToml,
      texts,
      machineSettings,
      platformApp,
      volume,
      machine,
      gatusConfig,
      slackChannel,
      slackBookmark,
      slackMessage,
      ...Object.values(betterStackTypes),
      ...Object.values(uptimeRobotTypes),
      ...Object.values(sentryTypes),
    ]);
  });

  it("names only properties that the kinds have", () => {
    for (const kind of resourceKinds) {
      const inputs = Object.keys(kind.inputs.shape);
      const computed = Object.keys(kind.computed.shape);
      expect(inputs).toEqual(expect.arrayContaining([...kind.replaceOn, ...kind.openInputs]));
      expect(computed).toEqual(expect.arrayContaining([...kind.secretOutputs]));
      expect(inputs.filter((name) => computed.includes(name))).toEqual([]);
    }
  });
});

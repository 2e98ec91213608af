import { beforeEach, describe, expect, it } from "vitest";
import { sentryTypes } from "../../infra/model/observability";
import type { Properties } from "../../infra/provider/properties";
import { sentryKinds } from "../../infra/provider/sentry/kinds";
import {
  fakeSentry,
  sentryToken,
  sentryUrl,
  type FakeSentry,
  type SentryThing,
} from "../support/fake-sentry";
import { miniEngine, type MiniEngine } from "../support/mini-engine";
import { issueCase, metricCase, withoutChannelId } from "../support/sentry-cases";
import { virtualClock, type VirtualClock } from "../support/virtual-clock";

// Both kinds at Sentry over their whole life, against a small imitation of its API.

let sentry: FakeSentry;
let clock: VirtualClock;
let pulumi: MiniEngine;
const engine = (configuration: Properties = {}): MiniEngine =>
  miniEngine(() => sentryKinds({ clock, transport: sentry.transport }), {
    sentryToken,
    sentryApiUrl: sentryUrl,
    ...configuration,
  });
beforeEach(() => {
  sentry = fakeSentry();
  clock = virtualClock(7);
  pulumi = engine();
});
const { inputs: issue } = issueCase;
const { inputs: metric } = metricCase;

const changed = (using: MiniEngine, type: string, inputs: Properties): string[] => {
  const changes = using.preview("it", type, inputs);
  return changes === "create"
    ? ["(new)"]
    : [...new Set(changes.map(({ path }) => path.replace(/[.[].*/, "")))];
};
const up = (type: string, inputs: Properties): Promise<void> =>
  clock.run(() => pulumi.up("it", type, inputs));
const refresh = (): Promise<void> => {
  pulumi.restart();
  return clock.run(() => pulumi.refresh("it"));
};

describe.each([issueCase, metricCase])(
  "$type",
  ({ type, collection, inputs: first, changes, outside, parent }) => {
    it("is made, changed property by property, put back, imported and removed", async () => {
      let inputs = first;
      await up(type, inputs);
      await refresh();
      expect(changed(pulumi, type, inputs)).toEqual([]);
      const id = pulumi.kept.get("it")?.id ?? "";

      for (const [property, value] of changes) {
        inputs = { ...inputs, [property]: value };
        expect(changed(pulumi, type, inputs)).toEqual([property]);
        await up(type, inputs);
        // A PUT says everything, so that nothing else is reset.
        const put = sentry.calls.filter(({ method }) => method === "PUT").at(-1);
        expect(put?.path).toBe(`${collection}${id}/`);
        expect(Object.keys(put?.body ?? {}).length).toBe(
          Object.keys(inputs).filter((name) => name !== "organization" && name !== "project").length,
        );
        await refresh();
        expect(changed(pulumi, type, inputs)).toEqual([]);
      }
      const shape = sentryKinds().find((kind) => kind.type === type)?.inputs.shape ?? {};
      expect(Object.keys(inputs).sort()).toEqual(Object.keys(shape).sort());

      const object = sentry.kept.get(collection)?.get(id);
      if (object === undefined) throw new Error("it is not there");
      object[outside.attribute] = outside.value;
      await refresh();
      expect(changed(pulumi, type, inputs)).toEqual([outside.property]);
      await up(type, inputs);
      await refresh();
      expect(changed(pulumi, type, inputs)).toEqual([]);

      for (const name of [id, inputs["name"] as string]) {
        const other = engine();
        expect(await clock.run(() => other.importing("it", type, `${parent}${name}`))).toBe(true);
        expect(changed(other, type, inputs)).toEqual([]);
      }

      // What is no longer declared is emptied, and no difference then.
      const { environment: _, ...without } = inputs;
      expect(changed(pulumi, type, without)).toEqual(["environment"]);
      await up(type, without);
      await refresh();
      expect(changed(pulumi, type, without)).toEqual([]);

      await clock.run(() => pulumi.destroy("it"));
      expect(sentry.kept.get(collection)?.size).toBe(0);
    });

    it("is found again after a lost answer, also on a later page, and made once", async () => {
      const others = ["a", "b", "c"].map((name, index): [string, SentryThing] => [
        String(index),
        { ...first, name, id: String(index) },
      ]);
      sentry.kept.set(collection, new Map(others));
      sentry.strike = ({ method }) => (method === "POST" ? "after" : undefined);
      await up(type, first);
      expect(sentry.kept.get(collection)?.size).toBe(4);
      expect(sentry.calls.filter(({ method }) => method === "POST")).toHaveLength(1);
    });
  },
);

describe("refusals", () => {
  const failing = async (type: string, inputs: Properties, using = pulumi): Promise<string> => {
    const error: unknown = await clock.run(() =>
      using.up("it", type, inputs).then(
        () => undefined,
        (reason: unknown) => reason,
      ),
    );
    if (!(error instanceof Error)) throw new Error("it did not fail");
    expect(error.message).not.toContain(sentryToken);
    return error.message;
  };

  it("name the property, in Sentry's words", async () => {
    expect(await failing(sentryTypes.issueAlert, { ...issue, name: "refused" })).toContain(
      "conditions: Not a condition of ours",
    );
  });

  it("come before a call, for what Sentry would only do later or never", async () => {
    expect(await failing(sentryTypes.metricAlert, withoutChannelId())).toContain(
      "inputChannelId is needed by an action of the type slack",
    );
    expect(
      await failing(sentryTypes.issueAlert, { ...issue, actions: [{ id: "S", channel: "#x" }] }),
    ).toContain("channel_id");
    expect(await failing(sentryTypes.metricAlert, { ...metric, timeWindow: "7m" })).toContain(
      "must be one of 1m, 5m",
    );
    expect(await failing(sentryTypes.issueAlert, { ...issue, frequency: "1m" })).toContain(
      "must be 5m or longer",
    );
    expect(sentry.calls).toEqual([]);
  });

  it("name the key of a token that is missing or wrong", async () => {
    expect(await failing(sentryTypes.issueAlert, issue, engine({ sentryToken: "other" }))).toContain(
      "flymon:sentryToken",
    );
    const none = miniEngine(() => sentryKinds({ clock, transport: sentry.transport }), {
      sentryApiUrl: sentryUrl,
    });
    expect(await failing(sentryTypes.issueAlert, issue, none)).toContain("SENTRY_AUTH_TOKEN");
  });

  it("say how an issue alert is imported", async () => {
    await expect(clock.run(() => pulumi.importing("it", sentryTypes.issueAlert, "12"))).rejects.toThrow(
      "ORG/PROJECT/ID",
    );
  });
});

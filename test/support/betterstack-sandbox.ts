import { systemClock } from "../../infra/provider/clock";
import { startBetterStack } from "../../sandbox/betterstack";
import type { References } from "./betterstack-cases";
import { restSandbox, type RestSandbox } from "./rest-sandbox";
import { serviceOptions } from "./service-options";

interface Thing {
  readonly id: string;
  readonly attributes: { readonly [name: string]: unknown };
}

/** The sandbox's Better Stack, with something in it for declarations to refer to. */
export interface TestBetterStack extends RestSandbox<Thing> {
  readonly references: References;
  readonly stop: () => Promise<void>;
}

export const startTestBetterStack = async (): Promise<TestBetterStack> => {
  const service = await startBetterStack(serviceOptions);
  const { apiUrl, token } = service.announcement;
  const sandbox = restSandbox<Thing>({
    apiUrl,
    token,
    setting: "betterStack",
    variable: "BETTERSTACK_API_TOKEN",
    clock: () => systemClock,
    thingIn: (body) => (body as { data: Thing }).data,
    wholeList: "per_page=250",
  });
  const idOf = async (path: string, body: object): Promise<string> => (await sandbox.make(path, body)).id;
  const page = (subdomain: string) =>
    idOf("/api/v2/status-pages", {
      subdomain,
      company_name: "Reference",
      company_url: "https://reference.example",
      timezone: "UTC",
    });
  const monitor = (name: string) =>
    idOf("/api/v2/monitors", {
      pronounceable_name: name,
      monitor_type: "status",
      url: `https://${name}.example`,
      paused: true,
    });
  const pages = [await page("reference-1"), await page("reference-2")] as const;
  const section = (name: string) => idOf(`/api/v2/status-pages/${pages[0]}/sections`, { name });
  const policy = (name: string) => idOf("/api/v3/policies", { name, steps: [] });
  const references: References = {
    pages,
    policies: [await policy("reference 1"), await policy("reference 2")],
    monitors: [await monitor("reference-1"), await monitor("reference-2")],
    groups: [
      await idOf("/api/v2/monitor-groups", { name: "reference 1" }),
      await idOf("/api/v2/monitor-groups", { name: "reference 2" }),
    ],
    heartbeatGroup: await idOf("/api/v2/heartbeat-groups", { name: "reference" }),
    severity: await idOf("/api/v2/urgencies", { name: "reference" }),
    sections: [await section("reference 1"), await section("reference 2")],
  };

  return { ...sandbox, references, stop: () => service.stop() };
};

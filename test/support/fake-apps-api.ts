// The fake Machines API's apps and volumes.

export interface FakeApp {
  readonly name: string;
  readonly org: string;
  readonly network: string;
}

export interface FakeVolume {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  sizeGb: number;
  retention: number;
}

export interface FakeEstate {
  readonly apps: Map<string, FakeApp>;
  readonly volumes: FakeVolume[];
  /** Organizations that the token sees. */
  readonly orgs: readonly string[];
  readonly answer: (request: EstateRequest) => { readonly status: number; readonly body: unknown };
}

export interface EstateRequest {
  readonly method: string;
  /** Below /v1/apps. */
  readonly path: string;
  readonly wish: { readonly [key: string]: unknown };
}

/** What the machines' part of the fake tells. */
interface Machines {
  readonly app: string;
  /** The machine that has a volume. */
  readonly holderOf: (volume: string) => string | undefined;
  readonly count: () => number;
}

const refused = (status: number, error: string, code?: string): { status: number; body: unknown } => ({
  status,
  body: { error, ...(code !== undefined && { status: code }) },
});
const done = (body: unknown, status = 200): { status: number; body: unknown } => ({ status, body });

export const fakeEstate = ({ app: machinesApp, holderOf, count }: Machines): FakeEstate => {
  const apps = new Map<string, FakeApp>([
    [machinesApp, { name: machinesApp, org: "acme", network: "default" }],
  ]);
  const volumes: FakeVolume[] = [];
  const orgs = ["acme"];
  let counter = 0;

  const volumeView = (volume: FakeVolume): object => ({
    id: volume.id,
    name: volume.name,
    state: "created",
    size_gb: volume.sizeGb,
    region: volume.region,
    snapshot_retention: volume.retention,
    attached_machine_id: holderOf(volume.id) ?? null,
  });

  const answerVolumes = (
    method: string,
    id: string | undefined,
    verb: string,
    wish: EstateRequest["wish"],
  ) => {
    if (id === undefined && method === "GET") return done(volumes.map(volumeView));
    if (id === undefined) {
      counter += 1;
      const volume: FakeVolume = {
        id: `vol_${counter}`,
        name: String(wish["name"]),
        region: String(wish["region"]),
        sizeGb: Number(wish["size_gb"]),
        retention: Number(wish["snapshot_retention"] ?? 5),
      };
      volumes.push(volume);
      return done(volumeView(volume));
    }
    const volume = volumes.find((candidate) => candidate.id === id);
    if (volume === undefined) return refused(404, "volume not found");
    if (method === "GET") return done(volumeView(volume));
    if (method === "DELETE") {
      if (holderOf(id) !== undefined) return refused(412, `volume is attached to ${String(holderOf(id))}`);
      volumes.splice(volumes.indexOf(volume), 1);
      return done({});
    }
    if (verb === "extend") {
      const size = Number(wish["size_gb"]);
      if (size <= volume.sizeGb) return refused(400, "size_gb must be larger");
      volume.sizeGb = size;
      return done({ volume: volumeView(volume), needs_restart: false });
    }
    volume.retention = Number(wish["snapshot_retention"]);
    return done(volumeView(volume));
  };

  return {
    apps,
    volumes,
    orgs,
    answer: ({ method, path, wish }) => {
      const [, name = "", part, id, verb = ""] = path.split("/");
      if (name === "") {
        const [wanted, org] = [String(wish["app_name"]), String(wish["org_slug"])];
        if (!orgs.includes(org)) return refused(404, "organization not found");
        if (apps.has(wanted) || wanted === "google") {
          return refused(422, "Validation failed: Name has already been taken", "name_taken");
        }
        apps.set(wanted, {
          name: wanted,
          org,
          network: typeof wish["network"] === "string" ? wish["network"] : "default",
        });
        return done({ id: wanted, created_at: 1 }, 201);
      }
      const app = apps.get(name);
      if (app === undefined) return refused(404, "app not found");
      if (part === "volumes") return answerVolumes(method, id, verb, wish);
      if (method === "GET") {
        return done({ name, network: app.network, organization: { name: app.org, slug: app.org } });
      }
      if (name === machinesApp && count() > 0) return refused(412, "app has machines");
      apps.delete(name);
      volumes.length = 0;
      return done({}, 202);
    },
  };
};

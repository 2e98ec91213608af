import { z } from "zod";
import type { PlatformAppInputs } from "../../../model/fly-resources";
import { systemClock } from "../../clock";
import { messageOf, type ProviderError } from "../../errors";
import type { ResourceContext, ResourceKind } from "../../resource";
import { machinesOf } from "../client";
import { connect, type Connection, type FlyWorld } from "../connection";
import { failure, FlyAnswer, statusOf } from "../failures";
import { isGone } from "../machines";
import { appName, onDestroy } from "../names";
import { makeOnce, removeUntilGone } from "../once";
import { httpTransport } from "../transport";
import { volumesOf } from "../volume/client";
import { appsOf, type ApiApp } from "./client";

const inputs = z.strictObject({
  name: appName.describe("The app's name, unique among all apps of Fly."),
  org: z
    .string("must be the organization's slug")
    .min(1, "must not be empty")
    .describe("The organization's slug."),
  network: z
    .string("must be the network's name")
    .min(1, "must not be empty")
    .optional()
    .describe("A private network of its own; the organization's where absent."),
  onDestroy: onDestroy
    .default("delete")
    .describe("What a destroy does; an app whose volumes are kept stays with them."),
});

const networkOf = ({ network }: ApiApp): string | undefined =>
  network === "default" || network === "" ? undefined : (network ?? undefined);

const stateOf = (app: ApiApp, destroy: PlatformAppInputs["onDestroy"]): PlatformAppInputs => {
  const network = networkOf(app);
  return {
    name: app.name,
    org: app.organization.slug,
    ...(network !== undefined && { network }),
    onDestroy: destroy,
  };
};

const isTaken = (error: unknown): boolean =>
  error instanceof FlyAnswer && (error.code === "name_taken" || /already been taken/i.test(error.reason));

const taken = (attempted: string, name: string, by: string): ProviderError =>
  failure(
    attempted,
    `the name ${name} is taken by ${by} (name_taken)`,
    "App names are unique among all of Fly's: declare another one.",
  );

/** The app as it must be to be this resource's: an app of another organization or network is somebody else's. */
const adopted = (declared: PlatformAppInputs, found: ApiApp, attempted: string): ApiApp => {
  const { name, org, network } = declared;
  const owner = found.organization.slug;
  if (owner !== org) throw taken(attempted, name, `an app of the organization ${owner}`);
  if (networkOf(found) === network) return found;
  throw failure(
    attempted,
    `there is one, in the network ${networkOf(found) ?? "default"}, which cannot be changed`,
    `Declare that network, or remove the app (\`fly apps destroy ${name}\`), then run again.`,
  );
};

const create = async (
  connection: Connection,
  declared: PlatformAppInputs,
  attempted: string,
): Promise<ApiApp> => {
  const apps = appsOf(connection);
  const found = await apps.get(declared.name);
  if (found !== undefined) return adopted(declared, found, attempted);
  const lookUp = async (): Promise<ApiApp | undefined> => {
    const made = await apps.get(declared.name);
    return made && adopted(declared, made, attempted);
  };
  const make = async (): Promise<ApiApp> => {
    try {
      await apps.create(declared);
    } catch (error) {
      if (statusOf(error) === 404) throw noOrg(attempted, declared.org);
      if (!isTaken(error)) throw error;
      const own = await lookUp(); // of a call whose answer was lost
      if (own === undefined) throw taken(attempted, declared.name, "an app that the token does not see");
      return own;
    }
    return { name: declared.name, network: declared.network, organization: { slug: declared.org } };
  };
  return makeOnce(connection, make, lookUp);
};

const noOrg = (attempted: string, org: string): ProviderError =>
  failure(
    attempted,
    `there is no organization ${org} that the token in flymon:flyToken sees`,
    "Use an organization's slug (`fly orgs list`) and a token for it (`fly tokens create org`).",
  );

/** How the app is known to the resources of one run. */
const keyOf = (name: string): string => `app ${name}`;

const remove = async (
  connection: Connection,
  name: string,
  attempted: string,
  log: ResourceContext["log"],
): Promise<void> => {
  const apps = appsOf(connection);
  if ((await apps.get(name)) === undefined) return;
  const machines = (await machinesOf(connection, name).list()).filter((machine) => !isGone(machine));
  if (machines.length > 0) {
    throw failure(
      attempted,
      `machines are there that this stack has not made: ${machines.map((machine) => `${machine.id} (${machine.name})`).join(", ")}`,
      `Remove them (\`fly machine destroy --force -a ${name} ID\`), or declare onDestroy "keep". What an interrupted run has left is taken in by \`pulumi up\`, and goes with the next destroy.`,
    );
  }
  const volumes = await volumesOf(connection, name).list();
  if (volumes.length > 0) {
    const names = volumes.map((volume) => `${volume.id} (${volume.name})`).join(", ");
    log(
      "warning",
      `The app ${name} stays on Fly with its volumes: ${names}. The next \`pulumi up\` takes it in again; \`fly apps destroy ${name}\` removes it with all data.`,
    );
    return;
  }
  await removeUntilGone(
    connection,
    () => apps.delete(name),
    async () => (await apps.get(name)) === undefined,
  );
};

/**
 * An app on Fly, as the place of machines and volumes. It is made, or adopted where the organization has one of that
 * name: that is how a run that was killed after making it goes on.
 */
export const appKind = (world: FlyWorld): ResourceKind<PlatformAppInputs> => ({
  type: "flymon:fly:App",
  description: "An app on Fly to put machines into, made or adopted by name.",
  inputs,
  computed: z.object({}),
  replaceOn: ["name", "org", "network"],
  wishes: ["onDestroy"],
  secretOutputs: [],
  openInputs: ["name", "org", "network", "onDestroy"],

  mustGoFirst: (state, declared) => state.name === declared.name,
  forecast: async (declared, context) => {
    if (context.configuration.flyToken === undefined) return;
    const attempted = `looking at the app ${declared.name}`;
    const connection = connect(world, context, declared.name);
    try {
      const found = await appsOf(connection).get(declared.name);
      if (found !== undefined) adopted(declared, found, attempted);
    } catch (error) {
      context.signal.throwIfAborted();
      context.log("warning", messageOf(connection.explained(error, attempted)));
    }
  },

  create: async (declared, context) => {
    const { name } = declared;
    const attempted = `creating the app ${name}`;
    const connection = connect(world, context, name);
    try {
      const app = await create(connection, declared, attempted);
      connection.shared.taken.add(keyOf(name));
      return { id: name, state: stateOf(app, declared.onDestroy) };
    } catch (error) {
      throw connection.explained(error, attempted);
    }
  },

  read: async (id, state, context) => {
    const name = state?.name ?? id;
    const connection = connect(world, context, name);
    try {
      const app = await appsOf(connection).get(name);
      return app && { id: name, state: stateOf(app, state?.onDestroy ?? "delete") };
    } catch (error) {
      throw connection.explained(error, `looking at the app ${name}`);
    }
  },

  update: (_id, state, declared) => Promise.resolve({ ...state, onDestroy: declared.onDestroy }),

  delete: async (_id, { name, onDestroy: wish }, context) => {
    if (wish === "keep") {
      context.log("info", `The app ${name} stays on Fly, as declared.`);
      return;
    }
    const attempted = `removing the app ${name}`;
    const connection = connect(world, context, name);
    // Another resource of this run has it: this one was renamed in the program.
    if (connection.shared.taken.has(keyOf(name))) return;
    try {
      await remove(connection, name, attempted, context.log);
    } catch (error) {
      throw connection.explained(error, attempted);
    }
  },
});

export const flyApp = appKind({ transport: httpTransport, clock: systemClock });

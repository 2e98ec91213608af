import { z } from "zod";
import type { MachineInputs } from "../../../model/fly-resources";
import { systemClock } from "../../clock";
import { changesBetween } from "../../diff";
import { messageOf, PartialFailure } from "../../errors";
import { formatPath } from "../../property-path";
import type { ResourceContext, ResourceKind } from "../../resource";
import { isReadable, type ApiMachine } from "../api-machine";
import { machinesOf } from "../client";
import { connect, type FlyWorld } from "../connection";
import { failure, statusOf } from "../failures";
import { isGone, isResting } from "../machines";
import { httpTransport } from "../transport";
import { bringInLine, gone, isAutoStopped } from "./apply";
import { byName, createOrAdopt, remove } from "./existence";
import { machineSchema, plainMachine } from "./inputs";
import { described, shown, union } from "./view";

type MachineState = MachineInputs & {
  readonly machineId: string;
  readonly privateIp: string;
  readonly state: string;
};

const computed = z.object({
  machineId: z.string().describe("Fly's id of the machine, such as 3287eeeb342085."),
  privateIp: z.string().describe("Its address on the organization's private network."),
  state: z.string().describe('"started", as a rule; anything else that lasts is mended by the next up.'),
});

const stateOf = (machine: ApiMachine, wish: MachineInputs): MachineState => ({
  ...shown(machine, wish),
  machineId: machine.id,
  privateIp: machine.private_ip ?? "",
  state: machine.state,
});

/** Where Fly has taken a config and shows other values: they would be a difference for ever. */
const tellStubborn = (state: MachineState, declared: MachineInputs, log: ResourceContext["log"]): void => {
  const { machineId, privateIp: _, state: __, ...found } = state;
  const paths = changesBetween(found, declared).map(({ path }) => path);
  if (paths.length === 0) return;
  log(
    "warning",
    `Fly has taken the config of the machine ${machineId} (${declared.name}) of ${declared.app} and shows other values than declared: ${paths.join(", ")}. Declare what Fly shows, or see whether something else sets it.`,
  );
};

/** How a machine says whose it is: `project/stack/resource`. */
const markOfResource = (urn: string): string => {
  const [stack = "", project = "", , name = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
  return `${project}/${stack}/${name}`;
};

/**
 * A machine of an app, started and with its checks passing. The name is its key: an interrupted run's machine is found
 * by it, and taken for its own by a mark in the metadata. A changed config is sent under the machine's lease with
 * everything that is not declared as it was; one under which the machine does not come up is taken back.
 */
export const machineKind = (world: FlyWorld): ResourceKind<MachineInputs, MachineState> => {
  const open = (context: ResourceContext, app: string) => {
    const connection = connect(world, context, app);
    return { connection, fly: machinesOf(connection, app) };
  };

  /** What really is there, for the failure of an operation after which the machine exists. */
  const partly = async (
    { connection, fly }: ReturnType<typeof open>,
    id: string,
    known: MachineState,
    wish: MachineInputs,
    failed: { readonly error: unknown; readonly attempted: string },
  ): Promise<PartialFailure> => {
    const now = await fly.get(id).catch(() => undefined);
    const state = now !== undefined && isReadable(now) ? stateOf(now, wish) : known;
    return new PartialFailure(id, state, [messageOf(connection.explained(failed.error, failed.attempted))]);
  };

  return {
    type: "flymon:fly:Machine",
    description: "A machine of an app on Fly, started and with its checks passing.",
    inputs: machineSchema,
    computed,
    replaceOn: ["app", "name", "region", "mount"],
    wishes: ["waitTimeout"],
    secretOutputs: [],
    openInputs: [
      ...(["app", "name", "region", "image", "cpuKind", "cpus", "memory", "init", "mount"] as const),
      ...([
        "processGroup",
        "metadata",
        "services",
        "metrics",
        "restart",
        "stopConfig",
        "waitTimeout",
      ] as const),
    ],

    normalize: plainMachine,
    plan: (_declared, state) =>
      state === undefined ? {} : { machineId: state.machineId, privateIp: state.privateIp, state: "started" },
    drifted: (state) =>
      isResting(state) && !(isAutoStopped(state) && state.state !== "failed") ? ["state"] : [],
    // Its name and its volume are taken while it is there.
    mustGoFirst: () => true,

    create: async (declared, context) => {
      const { app, name } = declared;
      const attempted = `creating the machine ${name} of ${app}`;
      const opened = open(context, app);
      const { connection, fly } = opened;
      const mark = markOfResource(context.urn);
      const { machine, isAdopted } = await createOrAdopt(connection, fly, declared, mark, attempted).catch(
        (error: unknown) => {
          throw connection.explained(error, attempted);
        },
      );
      const former = isAdopted ? { ...described(app, machine), restart: undefined } : declared;
      try {
        const request = { machine: machine.id, former, declared, mark, attempted };
        const state = stateOf(await bringInLine(fly, request), declared);
        tellStubborn(state, declared, context.log);
        return { id: machine.id, state };
      } catch (error) {
        // Not of what it had besides: what of that is a secret nobody knows.
        throw await partly(opened, machine.id, stateOf(machine, declared), declared, { error, attempted });
      }
    },

    read: async (id, state, context, inputs) => {
      const [app = "", wish = ""] = state === undefined ? id.split("/") : [state.app, id];
      const attempted = `looking at the machine ${wish} of ${app}`;
      if (app === "" || wish === "") {
        throw failure(
          "importing a machine",
          "the id names no app or no machine",
          'Write it as "app/machine".',
        );
      }
      const { connection, fly } = open(context, app);
      try {
        if (state === undefined) {
          const machines = await fly.list();
          const found =
            machines.find((machine) => machine.id === wish && !isGone(machine)) ??
            byName(machines, { app, name: wish }, attempted);
          if (found === undefined) return undefined;
          const imported = described(app, found);
          // Which of them are secrets Fly does not tell.
          const secretPaths = [
            ...Object.keys(imported.env ?? {}).map((key) => formatPath(["env", key])),
            ...Object.keys(imported.files ?? {}).map((path) => formatPath(["files", path, "content"])),
          ];
          return { id: found.id, state: stateOf(found, imported), secretPaths };
        }
        const found = await fly.get(wish);
        if (isGone(found)) return undefined;
        const declared = inputs ?? state;
        if (isReadable(found)) {
          return { id, state: stateOf(found, union(state, declared)), inputs: declared };
        }
        context.log(
          "warning",
          `The host of the machine ${id} of ${app} is ${found.host_status ?? "not reachable"}: its config is not known.`,
        );
        return { id, state: { ...state, state: found.state }, inputs: declared };
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw connection.explained(error, attempted);
      }
    },

    update: async (id, state, declared, context) => {
      const attempted = `updating the machine ${declared.name} (${id}) of ${declared.app}`;
      const opened = open(context, declared.app);
      const mark = markOfResource(context.urn);
      try {
        const request = { machine: id, former: state, declared, mark, attempted };
        const after = stateOf(await bringInLine(opened.fly, request), declared);
        tellStubborn(after, declared, context.log);
        return after;
      } catch (error) {
        if (statusOf(error) === 404) throw gone(attempted, id);
        throw await partly(opened, id, state, union(state, declared), { error, attempted });
      }
    },

    delete: async (id, { app, name }, context) => {
      const { connection, fly } = open(context, app);
      try {
        await remove(connection, fly, id);
      } catch (error) {
        throw connection.explained(error, `removing the machine ${name} (${id}) of ${app}`);
      }
    },
  };
};

export const flyMachine = machineKind({ transport: httpTransport, clock: systemClock });

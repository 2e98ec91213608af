import type { MachineSettingsInputs } from "../../model/machine-settings";
import type { ProviderError } from "../errors";
import { isReadable, type ApiMachine } from "./api-machine";
import type { FlyClient } from "./client";
import { failure, statusOf } from "./failures";
import { isSameService, viewOf } from "./group-settings";
import { membersOf } from "./rollout";

// Looking at an app's machines, and what stands in the way of setting them.

/** The app's machines; undefined when there is no such app. */
export const listMachines = async (fly: FlyClient): Promise<readonly ApiMachine[] | undefined> => {
  try {
    return await fly.list();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw fly.explained(error, `looking at the machines of ${fly.app}`);
  }
};

export const noApp = (app: string): ProviderError =>
  failure(
    `looking at the machines of ${app}`,
    "there is no app of that name that the token sees",
    "Check the name (`fly apps list`) and the token in flymon:flyToken, or make the app: `fly apps create`.",
  );

export const noMachines = (app: string, groups: readonly string[]): ProviderError =>
  failure(
    `looking at the machines of ${app}`,
    groups.length === 0
      ? "it has no machines that a deploy has made"
      : `it has no machines in the process group ${groups.join(", ")}`,
    `Deploy the app first: \`fly deploy -a ${app}\`. Machines made by hand, standbys and those of release commands are not touched.`,
  );

/** @throws ProviderError with all that stands in the way, before any machine is touched */
export const refuseImpossible = (declared: MachineSettingsInputs, machines: readonly ApiMachine[]): void => {
  const { app, processGroups } = declared;
  const members = membersOf(declared, machines);
  const empty = Object.keys(processGroups).filter((name) => !members.some(({ group }) => group === name));
  if (empty.length > 0) throw noMachines(app, members.length === 0 ? [] : empty);
  const lacking = members.flatMap(({ group, settings, machine }) =>
    (isReadable(machine) ? (settings.services ?? []) : [])
      .filter(
        (service) =>
          isReadable(machine) &&
          !(viewOf(machine.config).services ?? []).some((found) => isSameService(found, service)),
      )
      .map(
        ({ internal_port, protocol }) =>
          `${machine.id} (${group}) has no service on ${protocol}/${internal_port}`,
      ),
  );
  if (lacking.length === 0) return;
  throw failure(
    `setting the machines of ${app}`,
    lacking.join("; "),
    `Services and their ports come with a deploy: \`fly deploy -a ${app}\` with the written fly.toml, then run again.`,
  );
};

import type { Fleet } from "../../model/fleet";
import { limits } from "../../model/limits";
import { guestFolder, watchtowerParts } from "../../model/watchtower";
import { span } from "./span";
import { alertmanagerFile } from "./texts";

const { port, volume } = watchtowerParts.alertmanager;

/**
 * How Alertmanager is started: alone, with its memory on its volume, written down so often that even a kill forgets
 * only what was told since. After a start it waits one evaluation before it speaks, until vmalert has sent every
 * alert again: else a warning would be told because the critical alert that inhibits it has not come yet.
 */
export const alertmanagerArguments = ({ settings }: Pick<Fleet, "settings">): string[] => [
  `--config.file=${guestFolder}/${alertmanagerFile}`,
  `--storage.path=${volume}`,
  `--data.maintenance-interval=${span("30s", settings.timeDivisor)}`,
  "--cluster.listen-address=",
  `--dispatch.start-delay=${span(limits.alerts.evaluationInterval.warning, settings.timeDivisor)}`,
  `--web.listen-address=:${port}`,
];

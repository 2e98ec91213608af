import type { Diagnostic } from "../../model/diagnostics";
import { Refusal } from "../../model/diagnostics";
import { didYouMean } from "../../model/did-you-mean";
import type { Fleet } from "../../model/fleet";
import { guestFolder, watchtowerSecrets } from "../../model/watchtower";
import { alertKinds } from "../alerts/registry";
import { commentBlock } from "../generated-marker";
import type { Settings as Data } from "../toml-text";
import { yamlText } from "../yaml-text";
import { given } from "./given";
import { inhibitions } from "./inhibition";
import { intervalsOf } from "./mutes";
import { receiversOf, routeTree } from "./routes";
import { templateText } from "./template";

/** Where the files lie below a stack's output folder. */
export const alertmanagerFile = "alertmanager/alertmanager.yml";
export const templateFile = "alertmanager/flymon.tmpl";

const unknownIn = (fleet: Fleet, field: "alert" | "signal", known: readonly string[]): Diagnostic[] =>
  fleet.alerting.exclusions.flatMap((exclusion, index) => {
    const value = exclusion[field];
    if (value === undefined || known.includes(value)) return [];
    return [
      {
        file: "infra/fleet/alerting.ts",
        subject: "alerting",
        field: `exclusions[${index}].${field}`,
        value,
        limit: `an alert's ${field === "alert" ? "name" : "signal"} of docs/alerts.md`,
        mend: didYouMean(value, known) ?? `choose one of ${known.join(", ")}`,
      },
    ];
  });

/** An exclusion of an alert that there is not would exclude nothing, and say so to nobody. */
const refuseUnknown = (fleet: Fleet): void => {
  const mistakes = [
    ...unknownIn(
      fleet,
      "alert",
      alertKinds.map(({ name }) => name),
    ),
    ...unknownIn(fleet, "signal", [...new Set(alertKinds.map(({ signal }) => signal))]),
  ];
  if (mistakes.length > 0) throw new Refusal(mistakes);
};

const mailServer = (fleet: Fleet): Data => {
  const smtp = fleet.settings.watchtower?.smtp;
  if (smtp === undefined || !given(fleet).mail) return {};
  return {
    smtp_smarthost: smtp.host,
    smtp_from: smtp.from,
    smtp_require_tls: smtp.requireTls,
    ...(smtp.username !== undefined && {
      smtp_auth_username: smtp.username,
      smtp_auth_password_file: watchtowerSecrets.smtpPassword,
    }),
  };
};

const settingsOf = (fleet: Fleet): Data => ({
  global: {
    slack_app_url: `${fleet.settings.slackApiUrl.replace(/\/$/, "")}/chat.postMessage`,
    slack_app_token_file: watchtowerSecrets.slackToken,
    ...mailServer(fleet),
  },
  templates: [`${guestFolder}/${templateFile}`],
  route: routeTree(fleet),
  inhibit_rules: inhibitions,
  receivers: receiversOf(fleet),
  time_intervals: intervalsOf(fleet).map((interval) => ({ ...interval })),
});

const header =
  "Written by flymon from infra/fleet/alerting.ts, infra/model/limits.ts and infra/render/alertmanager.";

/**
 * Alertmanager's configuration of a stack and its templates, by path. They hold no secret, but the paths of the files
 * that do. Throws a Refusal where an exclusion names an alert that there is not.
 */
export const alertmanagerTexts = (fleet: Fleet): ReadonlyMap<string, string> => {
  refuseUnknown(fleet);
  return new Map([
    [alertmanagerFile, yamlText(settingsOf(fleet), header)],
    [templateFile, `{{/*\n${commentBlock(header)}\n*/}}\n\n${templateText(fleet)}`],
  ]);
};

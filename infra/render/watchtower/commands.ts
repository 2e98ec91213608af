import { guestFolder, partsUser, watchtowerParts, watchtowerSecrets } from "../../model/watchtower";

/** Where the journal lies on its volume. */
export const journalFile = `${watchtowerParts.journal.volume}/feedback/reliability.md`;

/** How the parts that are this project's own programs are started: one file each, beside what it reads. */
export const exporterCommand: readonly string[] = [
  ...["node", `${guestFolder}/exporter/main.cjs`],
  ...["--config", `${guestFolder}/exporter/config.json`],
  ...["--listen", `:${watchtowerParts.exporter.port}`],
];
export const journalCommand: readonly string[] = [
  ...["node", `${guestFolder}/journal/main.cjs`],
  ...["--file", journalFile],
  ...["--user", partsUser],
  ...["--password-file", watchtowerSecrets.partsPassword],
  ...["--listen", `:${watchtowerParts.journal.port}`],
];

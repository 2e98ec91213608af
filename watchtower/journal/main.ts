import { parseArgs } from "node:util";
import { limits } from "../../infra/model/limits";
import { parseListen } from "../http/listen";
import { serveUntil, untilStopped } from "../http/serve";
import { readText, runProgram, StartFailure } from "../http/started";
import { openBook } from "./book";
import { journalRoutes } from "./routes";

const usage = `The journal: writes alerts into feedback/reliability.md.

  --file FILE           the journal; older parts lie beside it as FILE.1, FILE.2, ...
  --user NAME           who may write and read
  --password-file FILE  holds that user's password
  --listen ADDRESS      where to answer, ":9701" by default

POST /alerts (Alertmanager's webhook), GET /reliability.md, both with user and password; GET /health.
`;

const text = { type: "string" } as const;

const optionsOf = () => {
  try {
    return parseArgs({
      options: {
        file: text,
        user: text,
        "password-file": text,
        listen: { ...text, default: ":9701" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new StartFailure(error instanceof Error ? error.message : String(error));
  }
};

const needed = (name: string, value: string | undefined): string => {
  if (value === undefined || value === "") throw new StartFailure(`--${name} is needed`);
  return value;
};

runProgram("journal", async () => {
  const options = optionsOf();
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  const listen = parseListen(options.listen);
  if (listen === undefined) throw new StartFailure('--listen: write it as ":9701" or "127.0.0.1:9701"');
  const user = needed("user", options.user);
  const password = readText("--password-file", needed("password-file", options["password-file"]));
  const book = await openBook(needed("file", options.file), limits.watchtower.journal);
  await serveUntil(journalRoutes(book, { user, password }), listen, untilStopped());
});

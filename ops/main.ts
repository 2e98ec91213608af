import { Command, CommanderError, Option } from "commander";
import type { ExitCode } from "./exit-codes";
import { limits } from "../infra/model/limits";
import type { UptimeBackend } from "../infra/model/uptime-names";
import { uptimeBackends } from "../infra/model/uptime-names";
import { exitCodes } from "./exit-codes";
import { explain } from "./failure";
import type { AckOptions } from "./commands/silence-ack";
import type { AlertmanagerOptions, SilenceOptions } from "./commands/silence";
import type { Operation } from "./pulumi/run";
import { say } from "./talk";

const stackOption = (): Option =>
  new Option("-s, --stack <name>", "stack, as in Pulumi.<name>.yaml").makeOptionMandatory();
const jsonOption = (): Option => new Option("--json", "data as JSON on standard output");

const operations: Readonly<Record<Operation, string>> = {
  preview: "show what up would change, judged by the policies",
  up: "bring everything in line with the declarations, guarded by the policies",
  refresh: "take what was changed by hand into the state, so that the next up puts it right",
  destroy: "remove all that up has made",
};

const addOperation = (program: Command, operation: Operation, end: (code: ExitCode) => void): void => {
  const command = program
    .command(operation)
    .description(operations[operation])
    .argument("[args...]", "more arguments, passed on to pulumi")
    .addOption(stackOption())
    .allowUnknownOption();
  if (operation === "preview") command.addOption(jsonOption());
  else command.option("-y, --yes", "do not ask; where there is no terminal nobody is asked anyway");
  command.action(
    async (args: readonly string[], options: { stack: string; yes?: boolean; json?: boolean }) => {
      const { operate } = await import("./commands/operation");
      end(await operate(operation, options, args));
    },
  );
};

/** The command line. Each command's code is loaded when it is called: help stays fast. */
const commandLine = (end: (code: number) => void): Command => {
  const program = new Command("flymon")
    .description("Monitoring as code for the HotDash apps on Fly.io.")
    .exitOverride()
    .showHelpAfterError("(flymon --help lists the commands, flymon COMMAND --help their options)");

  addOperation(program, "preview", end);
  addOperation(program, "up", end);
  addOperation(program, "refresh", end);
  addOperation(program, "destroy", end);
  program
    .command("render")
    .description("write all generated files of a stack, without Pulumi")
    .addOption(stackOption())
    .requiredOption("-o, --out <folder>", "folder to write to")
    .addOption(jsonOption())
    .action(async (options: { stack: string; out: string; json?: boolean }) => {
      const { render } = await import("./commands/render");
      end(render(options));
    });
  program
    .command("check")
    .description("have the written files judged by the engines that will read them")
    .addOption(new Option("-s, --stack <name>", "stack, as in Pulumi.<name>.yaml").conflicts("in"))
    .option("-i, --in <folder>", "folder of written files, in place of a stack's own")
    .option("--only <list>", "alerts, alertmanager, metrics, json-exporter, with commas between")
    .addOption(jsonOption())
    .action(async (options: { stack?: string; in?: string; only?: string; json?: boolean }) => {
      const { check } = await import("./commands/check");
      end(await check(options));
    });
  program
    .command("prove")
    .description("prove that every alert rule of a stack fires, stays silent and clears as it must")
    .addOption(stackOption())
    .option("--mutate", "also break every rule in every way, and see that its proof notices")
    .addOption(jsonOption())
    .action(async (options: { stack: string; mutate?: boolean; json?: boolean }) => {
      const { prove } = await import("./commands/prove");
      end(await prove(options));
    });
  program
    .command("drill")
    .description("post once to a Slack channel and check that it arrived")
    .requiredOption("-c, --channel <name>", "the channel")
    .requiredOption("--severities <list>", "severities routed there, with commas between")
    .action(async (options: { channel: string; severities: string }) => {
      const { drill } = await import("./commands/drill");
      end(await drill(options, process.env));
    });
  program
    .command("start")
    .description("run the whole fleet and its monitoring on this machine, until Ctrl-C")
    .option("--once", "break two apps, wait for the alerts, mend them, wait for the recoveries, and end")
    .addOption(
      new Option("--uptime <backend>", "who watches from outside").choices(uptimeBackends).default("gatus"),
    )
    .addOption(jsonOption())
    .action(async (options: { once?: boolean; uptime: UptimeBackend; json?: boolean }) => {
      const { start } = await import("./commands/start");
      end(await start(options));
    });
  program
    .command("stacks")
    .description("list the stacks")
    .addOption(jsonOption())
    .action(async (options: { json?: boolean }) => {
      const { stacks } = await import("./commands/stacks");
      end(stacks(options));
    });
  program
    .command("doctor")
    .description("check that everything flymon needs is there")
    .addOption(jsonOption())
    .action(async (options: { json?: boolean }) => {
      const { doctor } = await import("./commands/doctor");
      end(await doctor(options, process.env));
    });
  addSilence(program, end);
  addToml(program, end);
  return program;
};

const alertmanagerOption = (): Option =>
  new Option(
    "--alertmanager <url>",
    "Alertmanager's address (or FLYMON_ALERTMANAGER_URL; password in FLYMON_ALERTMANAGER_PASSWORD)",
  );

const addSilence = (program: Command, end: (code: number) => void): void => {
  program
    .command("ack")
    .description("say that you work on a critical alert: nobody else is told until it recovers")
    .addOption(stackOption())
    .requiredOption("-a, --app <name>", "app")
    .requiredOption("--alert <name>", "alert, as its message names it")
    .option("--process-group <name>", "only of this process group")
    .option("--for <duration>", "until when at the latest", limits.alerting.acknowledgement)
    .option("--reason <words>", "what you know of it")
    .option("--by <name>", "who you are; the user of this machine where not given")
    .option("--detach", "do not wait for the recovery: it is then told to nobody while the silence lasts")
    .addOption(alertmanagerOption())
    .addOption(jsonOption())
    .action(async (options: AckOptions) => {
      const { ack } = await import("./commands/silence-ack");
      end(await ack(options, process.env));
    });
  const silence = program
    .command("silence")
    .description("keep alerts quiet for a while, or during a deploy (start, where no command is named)");
  silence
    .command("start", { isDefault: true })
    .description("nobody hears of an app for a while, or while a command runs")
    .argument("[command...]", "after --: runs while it is silent; its exit code is passed on")
    .addOption(stackOption())
    .requiredOption("-a, --app <name>", "app")
    .option("--alert <name>", "only this alert")
    .option("--process-group <name>", "only of this process group")
    .option("--severity <severity>", "only of this severity")
    .requiredOption("--for <duration>", "how long; with a command: renewed while it runs")
    .option("--settle <duration>", "how long after the command", limits.alerting.settle)
    .requiredOption("--reason <words>", "why, for whoever wonders at the quiet")
    .option("--by <name>", "who you are; the user of this machine where not given")
    .addOption(alertmanagerOption())
    .addOption(jsonOption())
    .action(async (command: readonly string[], options: SilenceOptions) => {
      const { silence: run } = await import("./commands/silence");
      end(await run(options, command, process.env));
    });
  silence
    .command("list")
    .description("what is silent, until when, and why")
    .addOption(stackOption())
    .addOption(alertmanagerOption())
    .addOption(jsonOption())
    .action(async (options: AlertmanagerOptions) => {
      const { silenceList } = await import("./commands/silence");
      end(await silenceList(options, process.env));
    });
  silence
    .command("end")
    .description("end a silence now")
    .argument("<id>", "as list names it")
    .addOption(stackOption())
    .addOption(alertmanagerOption())
    .addOption(jsonOption())
    .action(async (id: string, options: AlertmanagerOptions) => {
      const { silenceEnd } = await import("./commands/silence");
      end(await silenceEnd(id, options, process.env));
    });
};

const addToml = (program: Command, end: (code: ExitCode) => void): void => {
  const toml = program.command("toml").description("the app repositories' own fly.toml files");
  toml
    .command("lint")
    .description("name what a fly.toml says and Fly does not do; ends with 0 clean, 1 findings, 2 unreadable")
    .argument("<files...>", "fly.toml files, - for standard input")
    .addOption(
      new Option("--format <format>", "form of the findings").choices(["text", "github"]).default("text"),
    )
    .addOption(jsonOption().conflicts("format"))
    .action(async (files: readonly string[], options: { format: "text" | "github"; json?: boolean }) => {
      const { tomlLint } = await import("./commands/toml-lint");
      end(tomlLint(files, options));
    });
  toml
    .command("merge")
    .description("bring an app's declaration into its own fly.toml, and show the difference")
    .argument("<file>", "the app's fly.toml")
    .requiredOption("-a, --app <name>", "app of the fleet")
    .option("-s, --stack <name>", "stack whose overrides hold; needed where several stacks have the app")
    .addOption(new Option("--write", "write the file").conflicts("check"))
    .option("--check", "end with 7 where the file is out of line, for CI")
    .addOption(jsonOption())
    .action(
      async (
        file: string,
        options: { app: string; stack?: string; write?: boolean; check?: boolean; json?: boolean },
      ) => {
        const { tomlMerge } = await import("./commands/toml-merge");
        end(tomlMerge(file, options));
      },
    );
};

/** One of {@link exitCodes}, or that of the command which ran while it was silent. */
const main = async (): Promise<number> => {
  let code: number = exitCodes.done;
  try {
    await commandLine((ended) => {
      code = ended;
    }).parseAsync();
    return code;
  } catch (error) {
    // Commander has told already what is wrong, and what may have been meant.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const { exitCode, text } = explain(error, Boolean(process.env["FLYMON_DEBUG"]));
    say(text);
    return exitCode;
  }
};

void main().then((code) => {
  process.exitCode = code;
});

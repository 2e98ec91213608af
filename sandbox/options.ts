import { Command, InvalidArgumentError, Option } from "commander";
import { catalogue } from "./apps/catalogue";
import { defaultFactor } from "./fly/options";
import { defaultMonitorFactor, paidMonitors } from "./monitoring/time";
import { portsTaken } from "./ports";
import { unknownApps, type WorldOptions } from "./world";

const readApps = (text: string): readonly string[] => {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = unknownApps(names);
  if (names.length === 0 || unknown.length > 0)
    throw new InvalidArgumentError(
      `no such app: ${unknown.join(", ") || "(none given)"}. There are ${catalogue.map(({ name }) => name).join(", ")}.`,
    );
  return names;
};

const readPort = (text: string): number => {
  const highest = 65_535 - portsTaken;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1_024 || port > highest)
    throw new InvalidArgumentError(`a port from 1024 to ${highest} is needed.`);
  return port;
};

const readToken = (text: string): string => {
  if (!/^xoxb-[\w-]+$/.test(text)) throw new InvalidArgumentError("a bot token starts with xoxb-.");
  return text;
};

const readFactor = (text: string): number => {
  const factor = Number(text);
  if (!(factor >= 1) || !Number.isFinite(factor))
    throw new InvalidArgumentError("a number from 1 up is needed.");
  return factor;
};

const readPlan = (text: string): number | "free" => {
  if (text === "free") return "free";
  const monitors = Number(text);
  if (!Number.isInteger(monitors) || monitors < 1)
    throw new InvalidArgumentError("free, or a number of monitors, is needed.");
  return monitors;
};

/** The command line as commander gives it. */
interface Flags extends Omit<WorldOptions, "fly"> {
  readonly fly: "on" | "off";
  readonly flyFactor: number;
  readonly flyHold?: number;
  readonly flyLimits: number;
  readonly flyToken?: string;
}

const readLimits = (text: string): number => {
  if (text === "off") return Infinity;
  const scale = text === "on" ? 1 : Number(text);
  if (!(scale > 0)) throw new InvalidArgumentError("on, off, or a factor above 0 is needed.");
  return scale;
};

/** Reads the command line. On a mistake it says so on standard error and exits with 2. */
export const readOptions = (argv: readonly string[]): WorldOptions => {
  const { fly, flyFactor, flyHold, flyLimits, flyToken, ...options } = new Command("sandbox")
    .description("Runs the fleet's apps and the outer services on loopback, in one process.")
    .addOption(
      new Option("--apps <names>", "apps to run, with commas between (default: all)").argParser(readApps),
    )
    .addOption(
      new Option("--port-base <port>", "fixed ports from here on (default: free ports)").argParser(readPort),
    )
    .addOption(
      new Option("--slack-token <token>", "the bot's token (default: a random one)").argParser(readToken),
    )
    .addOption(
      new Option("--slack-limits <scale>", "Slack's rate limits: on, off, or a factor")
        .default(1, "on")
        .argParser(readLimits),
    )
    .addOption(
      new Option("--monitor-factor <n>", "how many times faster Better Stack's and UptimeRobot's time runs")
        .default(defaultMonitorFactor)
        .argParser(readFactor),
    )
    .addOption(
      new Option("--monitor-mail <on-or-off>", "whether their mail to people goes to the inbox")
        .default(true, "on")
        .argParser((text) => text !== "off"),
    )
    .addOption(
      new Option("--uptimerobot-monitors <n-or-free>", "UptimeRobot's plan: for so many monitors, or free")
        .default(paidMonitors)
        .argParser(readPlan),
    )
    .addOption(
      new Option("--uptimerobot-limits <scale>", "UptimeRobot's rate limit: on, off, or a factor")
        .default(1, "on")
        .argParser(readLimits),
    )
    .addOption(
      new Option("--fly <on-or-off>", "Fly: Machines API, machines as processes, proxy, metrics")
        .default("off")
        .choices(["on", "off"]),
    )
    .addOption(
      new Option("--fly-factor <n>", "how many times faster than Fly's its time runs")
        .default(defaultFactor)
        .argParser(readFactor),
    )
    .addOption(
      new Option(
        "--fly-hold <milliseconds>",
        "how long the proxy holds a request that no machine can take",
      ).argParser(readFactor),
    )
    .addOption(
      new Option("--fly-limits <scale>", "the Machines API's rate limits: on, off, or a factor")
        .default(1, "on")
        .argParser(readLimits),
    )
    .addOption(new Option("--fly-token <token>", "the token of the Machines API (default: a random one)"))
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(argv)
    .opts<Flags>();
  return {
    ...options,
    ...(fly === "on" && { fly: { factor: flyFactor, hold: flyHold, limits: flyLimits, token: flyToken } }),
  };
};

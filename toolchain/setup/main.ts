import { ensureToolchain, ToolchainMissing } from "./index";

/** `npm run setup`: silent where nothing is to do; `--verbose` says what is in use either way. */
const main = async (): Promise<void> => {
  const { report } = await ensureToolchain();
  if (process.argv.includes("--verbose")) process.stdout.write(`${report.join("\n")}\n`);
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ToolchainMissing ? error.exitCode : 1;
});

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyCheckout, type Checkout } from "../support/checkout";

let checkout: Checkout;
beforeAll(async () => {
  checkout = await copyCheckout();
});
afterAll(() => {
  checkout.remove();
});

/** Runs a command on a stack whose file holds this text. */
const refused = async (text: string, command = "preview"): Promise<string> => {
  writeFileSync(path.join(checkout.root, "Pulumi.broken.yaml"), text);
  const { exitCode, stdout, stderr } = await checkout.flymon([command, "--stack", "broken"]);
  expect(exitCode, stderr).toBe(3);
  expect(stderr).not.toContain("    at ");
  expect(stdout).toBe("");
  return stderr;
};

describe("a stack's mistakes are told before Pulumi starts", () => {
  it.each(["preview", "up", "refresh"])(
    "%s: malformed values, all at once, with line and mend",
    async (command) => {
      const told = await refused(
        [
          "config:",
          "  hotdash:environment: prod",
          "  hotdash:apps: hotdash-chatwoot",
          "  hotdash:timeDivisor: 0",
          "",
        ].join("\n"),
        command,
      );
      expect(told).toContain("3 mistakes to mend");
      expect(told).toContain('Pulumi.broken.yaml:2  hotdash: environment is "prod"');
      expect(told).toContain('choose one of "staging", "production"');
      expect(told).toContain("Pulumi.broken.yaml:3  hotdash: apps is");
      expect(told).toContain("Pulumi.broken.yaml:4  hotdash: timeDivisor is 0");
    },
  );

  it("an unknown app in an override", async () => {
    const told = await refused(
      [
        "config:",
        "  hotdash:environment: production",
        "  hotdash:apps: [hotdash-chatwoot]",
        "  hotdash:overrides:",
        "    hotdash-chatwot: { region: iad }",
        "",
      ].join("\n"),
    );
    expect(told).toContain("hotdash-chatwot");
    expect(told).toContain("did you mean hotdash-chatwoot?");
  });

  it("a file that is not YAML", async () => {
    expect(await refused("config:\n  hotdash:apps: [a\n  b: c\n")).toMatch(
      /^Pulumi\.broken\.yaml:\d+ {2}is not YAML: /,
    );
  });

  it("a file that cannot be read", async () => {
    mkdirSync(path.join(checkout.root, "Pulumi.folder.yaml"), { recursive: true });
    const { exitCode, stderr } = await checkout.flymon(["preview", "--stack", "folder"]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("Pulumi.folder.yaml  cannot be read (EISDIR)");
    expect(stderr).not.toContain("    at ");
  });

  it("a policy is violated: exit code 4, and the closing words name it", async () => {
    writeFileSync(
      path.join(checkout.root, "Pulumi.small.yaml"),
      [
        "config:",
        "  hotdash:environment: production",
        "  hotdash:apps: [hotdash-chatwoot]",
        "  hotdash:overrides:",
        "    hotdash-chatwoot: { processGroups: { worker: { vm: { memory: 512mb } } } }",
        "",
      ].join("\n"),
    );
    const { exitCode, stderr } = await checkout.flymon(["preview", "--stack", "small"]);
    expect(exitCode, stderr).toBe(4);
    expect(stderr).toContain("1 policy violation; nothing of it may be applied");
    expect(stderr).toMatch(/worker-memory-floor[^]*Pulumi\.small\.yaml:5 .*512mb[^]*2gb/);
    expect(stderr).not.toContain("    at ");
  });

  it("an unknown argument for Pulumi is wrong usage", async () => {
    const { exitCode, stderr } = await checkout.flymon(["preview", "--stack", "staging", "--expnad"]);
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toContain("unknown flag: --expnad");
  });
});

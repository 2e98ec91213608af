import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { repositoryRoot } from "../toolchain/root";

/** The floor: a program that does nothing, in JavaScript. */
export const emptyProject = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "Pulumi.yaml"), stringify({ name: "empty", runtime: "nodejs" }));
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "empty", main: "index.js" }));
  writeFileSync(path.join(folder, "index.js"), `"use strict";\nrequire("@pulumi/pulumi");\n`);
  symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(folder, "node_modules"));
};

const sources = ["infra", "policies", "ops", "toolchain", "watchtower", "package.json", "Pulumi.yaml"];

const copyProject = (folder: string, files: readonly string[]): void => {
  for (const file of files) {
    cpSync(path.join(repositoryRoot, file), path.join(folder, file), { recursive: true });
  }
  symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(folder, "node_modules"));
};

/** This project's program as it is, with a generated fleet of so many apps in place of HotDash's. */
export const generatedProject = (folder: string, apps: number): void => {
  copyProject(folder, sources);

  const names = Array.from({ length: apps }, (_, index) => `bench-${String(index).padStart(4, "0")}`);
  writeFileSync(
    path.join(folder, "infra", "fleet", "index.ts"),
    `import { declareApp } from "../model/fleet";
import { alerting } from "./alerting";

const declare = (name: string) =>
  declareApp("infra/fleet/index.ts", {
    name,
    description: "Generated for the bench",
    region: "ord",
    priority: "high",
    alertLevel: "critical",
    owner: "reliability",
    workload: "serving",
    processGroups: {
      app: {
        role: "web",
        vm: { cpuKind: "shared", cpus: 1, memory: "1gb" },
        services: [
          {
            kind: "http",
            internalPort: 3000,
            checks: [
              { name: "health", type: "http", path: "/health", interval: "15s", timeout: "5s", gracePeriod: "10s" },
            ],
          },
        ],
        autoscaling: { minMachinesRunning: 1, maxMachines: 2 },
        autoStop: { autoStopMachines: "off", autoStartMachines: true },
      },
    },
    uptime: [{ kind: "poll", name: "health", path: "/health" }],
  });

export const fleet = { apps: ${JSON.stringify(names)}.map(declare), alerting };
`,
  );
  writeFileSync(
    path.join(folder, "Pulumi.production.yaml"),
    stringify({ config: { "hotdash:environment": "production", "hotdash:apps": names } }),
  );
};

/** This project as it is, with HotDash's fleet. */
export const hotdashProject = (folder: string): void => {
  copyProject(folder, [...sources, "Pulumi.production.yaml"]);
};

export { chooseBackend, type Backend } from "./backend";
export type { EngineName } from "./engines";
export { ToolchainMissing } from "./failure";
export { ensureStack } from "./stack";
export { stackConfigFile } from "./stack-config";
export { ensureToolchain, type Toolchain, type ToolchainOptions } from "./toolchain";

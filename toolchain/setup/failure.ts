/** The toolchain is missing and cannot be had: `message` says what to install. Commands end with exit code 6. */
export class ToolchainMissing extends Error {
  readonly exitCode = 6;
}

import { AboutResponse } from "@pulumi/pulumi/proto/language_pb";

/** About: which Node.js runs the programs. */
export const about = (): AboutResponse =>
  new AboutResponse().setExecutable(process.execPath).setVersion(process.version);

import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { LanguageHandshakeResponse } from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { version } from "@pulumi/pulumi/package.json";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { engineAddress, serve, unary } from "../grpc/serve";
import { about } from "./about";
import { endChildren } from "./children";
import { installDependencies } from "./install-dependencies";
import { programDependencies } from "./program-dependencies";
import { requiredPackages } from "./required-packages";
import { runProgram } from "./run-program";
import { runPlugin } from "./run-plugin";

/**
 * `pulumi-language-nodejs`: what the Pulumi CLI asks for a Node.js program. It stands in where the vendor's binary
 * cannot be had; code generation, conversion and packaging (which this project never asks for) answer UNIMPLEMENTED.
 */
const engine = engineAddress();

serve(
  LanguageRuntimeService,
  {
    handshake: unary(() => new LanguageHandshakeResponse()),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getRequiredPackages: unary(requiredPackages),
    getProgramDependencies: unary(programDependencies),
    installDependencies,
    about: unary(about),
    run: runProgram(engine),
    runPlugin,
    cancel: unary(() => {
      endChildren();
      return new Empty();
    }),
  },
  endChildren,
);

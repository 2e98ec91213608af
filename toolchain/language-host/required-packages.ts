import {
  GetRequiredPackagesResponse,
  type GetRequiredPackagesRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency } from "@pulumi/pulumi/proto/plugin_pb";
import { providerPackages, type PackageFile } from "./packages";

const withV = (version: string): string => (version.startsWith("v") ? version : `v${version}`);

const dependency = ({ name = "", version = "", pulumi }: PackageFile): PackageDependency =>
  new PackageDependency()
    .setKind("resource")
    // The vendor's naming: its own scope is dropped, another's loses the @.
    .setName(pulumi?.name ?? name.replace(/^@pulumi\//, "").replace(/^@/, ""))
    .setVersion(withV(pulumi?.version ?? version))
    .setServer(pulumi?.server ?? "");

/** GetRequiredPackages: the provider plugins that the program's npm packages need, each with its exact version. */
export const requiredPackages = (request: GetRequiredPackagesRequest): GetRequiredPackagesResponse =>
  new GetRequiredPackagesResponse().setPackagesList(
    providerPackages(request.getInfo()?.getProgramDirectory() ?? process.cwd()).map(dependency),
  );

import {
  DependencyInfo,
  GetProgramDependenciesResponse,
  type GetProgramDependenciesRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { findPackage, nearestPackage, readPackage, type PackageFile } from "./packages";

const direct = ({ dependencies, devDependencies }: PackageFile): string[] =>
  Object.keys({ ...dependencies, ...devDependencies });

/** GetProgramDependencies: the npm packages of the program, with the versions installed. */
export const programDependencies = (
  request: GetProgramDependenciesRequest,
): GetProgramDependenciesResponse => {
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const own = nearestPackage(folder);
  if (!own) throw new Error(`no package.json at or above ${folder}`);

  const versions = new Map<string, string>();
  const visit = (from: string, names: readonly string[]): void => {
    for (const name of names) {
      if (versions.has(name)) continue;
      const found = findPackage(from, name);
      const contents = found === undefined ? undefined : readPackage(found);
      if (found === undefined || !contents) continue; // optional or not installed
      versions.set(name, contents.version ?? "");
      if (request.getTransitivedependencies()) visit(found, Object.keys(contents.dependencies ?? {}));
    }
  };
  visit(own.folder, direct(own.contents));

  return new GetProgramDependenciesResponse().setDependenciesList(
    [...versions].map(([name, version]) => new DependencyInfo().setName(name).setVersion(version)),
  );
};

/** The parts of an image's name: "registry.fly.io/app:tag@sha256:…". */
export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | undefined;
}

export const imageName = (name: string): ImageName => {
  const [path = "", digest] = name.split("@");
  const [, first, rest] = /^([^/]*[.:][^/]*)\/(.*)$/.exec(path) ?? [];
  const [repository = "", tag = "latest"] = (rest ?? path).split(":");
  return { registry: first ?? "docker-hub-mirror.fly.io", repository, tag, digest };
};

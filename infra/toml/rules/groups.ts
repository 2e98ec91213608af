import type { Problem, Rule } from "../finding";
import type { FlyFile, SectionView } from "../fly-file";
import { nearestKey } from "../nearest";
import { listed, placeOfKey, placeOfSection, severalGroups, written } from "./written";

const sections = (file: FlyFile): { readonly title: string; readonly views: readonly SectionView[] }[] => [
  { title: "http_service", views: file.services.filter(({ kind }) => kind === "http_service") },
  {
    title: "services",
    views: file.services.filter(({ kind, table }) => kind === "services" && table.entries.size > 0),
  },
  { title: "checks", views: file.topLevelChecks },
  { title: "mounts", views: file.mounts },
  { title: "metrics", views: file.metrics },
  { title: "restart", views: file.restarts },
  { title: "files", views: file.files },
];

export const groupRules: readonly Rule[] = [
  {
    id: "untargeted-section",
    severity: "error",
    title: "sections without processes in an app with several groups",
    check: (file) =>
      sections(file).flatMap(({ title, views }): Problem[] => {
        const isService = title === "http_service" || title === "services";
        if (isService ? file.processes.length === 0 : !severalGroups(file)) return [];
        return views
          .filter(({ processes }) => processes === undefined)
          .map((view) => ({
            at: placeOfSection(view),
            severity: isService ? "error" : "warning",
            message: isService
              ? `${title} names no process group: flyctl refuses that in an app with [processes]`
              : `${title} names no process group: it comes into force for ${file.defaultGroup} only, not for ${listed(file.groups.filter((group) => group !== file.defaultGroup))}`,
            fix: `processes = ${written(isService || title === "mounts" ? [file.defaultGroup] : file.groups)}`,
          }));
      }),
  },
  {
    id: "unknown-group",
    severity: "error",
    title: "process groups that do not exist",
    check: (file) =>
      [...sections(file), { title: "vm", views: file.vms }].flatMap(({ title, views }): Problem[] =>
        views.flatMap(({ table, entry, processes }): Problem[] => {
          const unknown = (processes ?? []).filter((group) => !file.groups.includes(group));
          if (unknown.length === 0) return [];
          const mended = (processes ?? []).map((group) =>
            file.groups.includes(group) ? group : (nearestKey(group, file.groups) ?? file.defaultGroup),
          );
          return [
            {
              at: placeOfKey(table, "processes", entry),
              message: `${title} is for ${listed(unknown)}, and there is no such process group: ${title === "http_service" || title === "services" || title === "restart" ? "flyctl refuses the file" : "it comes into force nowhere"}`,
              fix: `processes = ${written([...new Set(mended)])}`,
            },
          ];
        }),
      ),
  },
  {
    id: "section-shadowed",
    severity: "warning",
    title: "several metrics, restart or vm sections for one group, of which one counts",
    check: (file) =>
      [
        { title: "metrics", views: file.metrics, wins: "the first" },
        { title: "restart", views: file.restarts, wins: "the last" },
        { title: "vm", views: file.vms.filter(({ processes }) => processes !== undefined), wins: "one" },
      ].flatMap(({ title, views, wins }) =>
        views.flatMap((view, index): Problem[] => {
          const doubled = view.groups.filter((group) =>
            views.slice(0, index).some(({ groups }) => groups.includes(group)),
          );
          return doubled.length === 0
            ? []
            : [
                {
                  at: placeOfSection(view),
                  message: `${title} is set twice for ${listed(doubled)}: Fly uses ${wins} of them`,
                  fix: "# keep one of them",
                },
              ];
        }),
      ),
  },
];

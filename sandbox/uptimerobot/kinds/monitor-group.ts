import { filledText } from "../../monitoring/fields";
import { escaped, moment } from "../answers";
import type { Kind } from "./kind";

export const monitorGroupKind: Kind<"monitor-groups"> = {
  name: "monitor-groups",
  title: "Monitor group",
  fields: { name: filledText() },
  shown: ({ id, createdAt, updatedAt, attributes: { name } }) => ({
    id,
    name: escaped(name),
    createdAt: moment(createdAt),
    updatedAt: moment(updatedAt),
  }),
  // Its monitors go to the group that is named, else to the default one.
  removed: (id, { account }, query) => {
    const next = Number(query.get("monitorsNewGroupId") ?? 0);
    account
      .in("monitors")
      .list()
      .forEach((monitor) => {
        if (monitor.attributes.groupId === id)
          account.change("monitors", monitor.id, { ...monitor.attributes, groupId: next });
      });
  },
};

export const tagKind: Kind<"tags"> = {
  name: "tags",
  title: "Tag",
  verbs: ["list", "get", "delete"],
  fields: { name: filledText() },
  shown: ({ id, attributes: { name } }) => ({ id, name }),
  removed: (id, { account }) => {
    const name = account.in("tags").get(id)?.attributes.name ?? "";
    account
      .in("monitors")
      .list()
      .forEach((monitor) => {
        const left = monitor.attributes.tagNames.filter((tag) => tag !== name);
        if (left.length !== monitor.attributes.tagNames.length)
          account.change("monitors", monitor.id, { ...monitor.attributes, tagNames: left });
      });
  },
};

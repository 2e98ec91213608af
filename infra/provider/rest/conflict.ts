import type { ProviderError } from "../errors";
import { statusOf } from "../http/answer";
import type { Properties } from "../properties";
import { addressOf, type RestApi } from "./api";
import type { RestDescription } from "./description";
import { readingOf } from "./fields";
import { labelOf, refusal } from "./identity";
import type { RestObject } from "./service";

/** What to tell where a create was refused because the service has one already that may be there only once. */
export const conflict = async (
  description: RestDescription,
  api: RestApi,
  declared: Properties,
  error: unknown,
): Promise<ProviderError | undefined> => {
  const { unique = [], fields, type } = description;
  if (statusOf(error) !== 409 || unique.length === 0) return undefined;
  const path = description.path(declared);
  const found = (await api.all(path, api.client.clock.now())).filter(({ attributes }) => {
    const reading = readingOf(fields, attributes);
    return unique.every((name) => reading[name] === declared[name]);
  });
  const [object] = found;
  const attempted = `creating ${labelOf(description, declared)}`;
  const same = `one of the same ${unique.join(" and ")} is there already`;
  if (object === undefined)
    return refusal(
      api,
      attempted,
      same,
      `Look it up there and import it: \`pulumi import ${type} NAME ID\`.`,
    );
  const owner = api.memory.owners.get(addressOf(path, object.id));
  return owner === undefined
    ? refusal(
        api,
        attempted,
        `${same} (${named(description, object)})`,
        `Import it: \`pulumi import ${type} NAME ${object.id}\`; or delete it there.`,
      )
    : refusal(
        api,
        attempted,
        `another resource of this program is the same (${owner.urn.split("::").at(-1) ?? owner.urn})`,
        `Give one of them another ${unique.join(" or ")}.`,
      );
};

const named = ({ fields, key }: RestDescription, { id, attributes }: RestObject): string => {
  const name = readingOf(fields, attributes)[key[0]];
  return typeof name === "string" ? `id ${id}, called ${JSON.stringify(name)}` : `id ${id}`;
};

import type { Api } from "../../monitoring/api";
import { filledText, integer, listOf, oneOf, readFields, type Field } from "../../monitoring/fields";
import type { Entry } from "../account";
import type { KindContext } from "../kinds/kind";
import { rotationIntervals, type OnCall, type Rotation } from "../kinds/on-call";
import { ianaTimeZone } from "../kinds/time-zones";
import { notFound, unprocessable, unsupported } from "./answers";

const instant: Field<string> = {
  read: (value) =>
    typeof value === "string" &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(value) &&
    !Number.isNaN(Date.parse(value))
      ? { value: new Date(value).toISOString() }
      : { mistake: "is invalid" },
};
const anyObject: Field<object> = {
  read: (value) => (typeof value === "object" && value !== null ? { value } : { mistake: "is invalid" }),
};

const rotationFields = {
  users: listOf(filledText()),
  rotation_length: integer({ min: 1 }),
  rotation_interval: oneOf(rotationIntervals),
  start_rotations_at: instant,
  end_rotations_at: instant,
  timezone: { ...ianaTimeZone, fallback: () => "UTC" },
  working_hours: listOf(anyObject),
};

/** An on-call calendar's rotation: one address to read, and one to make or change it. */
export const onCallRoutes = (api: Api, { account }: KindContext): void => {
  const path = "/api/v2/on-calls/:id/rotation";
  const calendar = (id: number, lag: number): Entry<OnCall> => {
    const entry = account.in("on-calls").get(id, lag);
    if (entry === undefined) throw notFound();
    return entry;
  };

  api.route("GET", path, "on-calls.rotation", ({ c, id, lag }) => {
    const { rotation } = calendar(id, lag).attributes;
    if (rotation === null) throw notFound();
    return c.json(rotation);
  });
  api.route("POST", path, "on-calls.rotate", ({ c, id, body, passedOver }) => {
    const entry = calendar(id, 0);
    const read = readFields<Rotation>(rotationFields, body);
    passedOver(read.ignored);
    const mistakes: Record<string, readonly string[]> = { ...read.mistakes };
    const { users } = read.attributes;
    if (users.length === 0) mistakes.users = ["can't be blank"];
    if (users.some((email) => !account.people.some((person) => person.email === email)))
      mistakes.users = ["doesn't exist"];
    if (Object.keys(mistakes).length > 0) throw unprocessable(mistakes);
    if (Object.keys(read.allowed).length > 0) throw unsupported(read.allowed);
    if (Date.parse(read.attributes.end_rotations_at) <= Date.parse(read.attributes.start_rotations_at))
      throw unprocessable({ end_rotations_at: ["must be after the start"] });
    account.change("on-calls", id, { ...entry.attributes, rotation: read.attributes });
    return c.json(read.attributes, 201);
  });
};

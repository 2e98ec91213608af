import { z } from "zod";
import {
  betterStackTypes,
  longWeekDays,
  rotationIntervals,
  type BetterStackOnCallCalendarInputs,
} from "../../model/betterstack";
import { statusOf } from "../http/answer";
import type { Value } from "../properties";
import { addressOf, type RestApi } from "../rest/api";
import { plain, recordOf, setOf, type Codec } from "../rest/codec";
import type { Part, RestDescription } from "../rest/description";
import { field, optional, type FieldsOf } from "../rest/fields";
import { isJsonObject, type Json } from "../rest/json";
import type { RestObject } from "../rest/service";
import { email, filled, instant, oneOf, timeOfDay, whole } from "../rest/schemas";

/** One instant, however its offset is written. */
const instantCodec: Codec = {
  write: plain.write,
  read: (json) =>
    typeof json === "string" && !Number.isNaN(Date.parse(json))
      ? new Date(json).toISOString().replace(".000Z", "Z")
      : undefined,
};

/** The API keeps working hours as a set, in an order of its own, and answers times of day without seconds. */
const shortTime: Codec = {
  write: plain.write,
  read: (json) => (typeof json === "string" ? json.slice(0, 5) : undefined),
};
const placeOf = (hours: Json): string =>
  isJsonObject(hours)
    ? `${longWeekDays.findIndex((day) => day === hours["day"])} ${JSON.stringify(hours["start_time"])}`
    : "";
const hoursCodec = setOf(
  (one, other) => (placeOf(one) < placeOf(other) ? -1 : 1),
  recordOf({ day: {}, startTime: { codec: shortTime }, endTime: { codec: shortTime } }),
);

const rotationCodec = recordOf({
  users: {},
  rotationLength: {},
  rotationInterval: {},
  startRotationsAt: { codec: instantCodec },
  endRotationsAt: { codec: instantCodec },
  timezone: {},
  workingHours: { codec: hoursCodec },
});

const rotationSchema = z
  .strictObject({
    users: z.array(email(), "must be a list of e-mail addresses").min(1, "must name somebody"),
    rotationLength: whole({ min: 1 }),
    rotationInterval: oneOf(rotationIntervals),
    startRotationsAt: instant(),
    endRotationsAt: instant(),
    timezone: filled("IANA's name of a time zone").optional(),
    workingHours: z
      .array(z.strictObject({ day: oneOf(longWeekDays), startTime: timeOfDay(), endTime: timeOfDay() }))
      .max(50, "must have at most 50 entries")
      .optional(),
  })
  .refine(({ startRotationsAt: from, endRotationsAt: to }) => Date.parse(to) > Date.parse(from), {
    path: ["endRotationsAt"],
    message: "must be after startRotationsAt",
  });

const fields: FieldsOf<BetterStackOnCallCalendarInputs> = {
  name: field(filled("the calendar's name"), "What the calendar is called."),
  rotation: optional(rotationSchema, "Who is on call, each in turn.", { codec: rotationCodec, isPart: true }),
};

const collection = "/api/v2/on-calls";
const rotationPath = ({ id }: RestObject): string => `${addressOf(collection, id)}/rotation`;
const rotationAnswer = z.record(z.string(), z.json());

const readRotation = async ({ client }: RestApi, object: RestObject): Promise<Value> => {
  try {
    const answer = await client.call({ method: "GET", path: rotationPath(object), answer: rotationAnswer });
    return rotationCodec.read(answer, answer);
  } catch (error) {
    if (statusOf(error) === 404) return undefined; // there is none
    throw error;
  }
};

/** One address to read it, and one call that makes or replaces it. */
const rotation: Part = {
  read: readRotation,
  write: async ({ client }, object, inputs) => {
    const answer = await client.call({
      method: "POST",
      path: rotationPath(object),
      body: rotationCodec.write(inputs["rotation"], inputs),
      answer: rotationAnswer,
      isRepeatable: true,
    });
    return rotationCodec.read(answer, answer);
  },
};

/** An on-call calendar with its rotation. */
export const onCallCalendar: RestDescription = {
  type: betterStackTypes.onCallCalendar,
  description: "An on-call calendar at Better Stack with its rotation, made or adopted by name.",
  noun: "on-call calendar",
  fields,
  parts: { rotation },
  path: () => collection,
  key: ["name"],
  isOursBy: "everything",
};

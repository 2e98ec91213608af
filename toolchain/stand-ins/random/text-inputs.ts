import { kindFailures } from "../provider/property-kinds";
import type { Failure } from "../provider/resource-type";
import { holdsUnknown, type Value, type Values } from "../provider/values";
import type { CharacterRules } from "./characters";

const KINDS = {
  keepers: "string map",
  length: "integer",
  lower: "boolean",
  minLower: "integer",
  minNumeric: "integer",
  minSpecial: "integer",
  minUpper: "integer",
  number: "boolean",
  numeric: "boolean",
  overrideSpecial: "string",
  special: "boolean",
  upper: "boolean",
} as const;

const MINIMUMS = ["minLower", "minNumeric", "minSpecial", "minUpper"] as const;
const DEFAULT_SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

const orDefault = (value: Value | undefined, otherwise: Value): Value => value ?? otherwise;

/** The inputs with the schema's defaults; `number` is the old name of `numeric` and always equal to it. */
export const withDefaults = (inputs: Values): Values => {
  const numeric = orDefault(inputs["numeric"], orDefault(inputs["number"], true));
  return {
    ...inputs,
    lower: orDefault(inputs["lower"], true),
    upper: orDefault(inputs["upper"], true),
    special: orDefault(inputs["special"], true),
    numeric,
    number: numeric,
    ...Object.fromEntries(MINIMUMS.map((name) => [name, orDefault(inputs[name], 0)])),
  };
};

const numberOf = (value: Value | undefined): number => (typeof value === "number" ? value : 0);

interface NamedClass {
  readonly name: string;
  readonly minimum: string;
  readonly characters: string;
  readonly used: boolean;
  readonly min: number;
}

interface TextRules extends CharacterRules {
  readonly classes: readonly NamedClass[];
}

const rangeFailures = (inputs: Values): Failure[] => {
  if (holdsUnknown(inputs)) return []; // judged again at the update, when all is known
  const least = MINIMUMS.reduce((sum, name) => sum + numberOf(inputs[name]), 0);
  const length = numberOf(inputs["length"]);
  const negative = MINIMUMS.filter((name) => numberOf(inputs[name]) < 0).map((property) => ({
    property,
    reason: "must be at least 0",
  }));
  const { classes } = characterRules(inputs);
  const unused = classes
    .filter(({ min, used, characters }) => min > 0 && (!used || characters === ""))
    .map(({ minimum, name }) => ({
      property: minimum,
      reason: `needs ${name} to be true, with characters to choose from`,
    }));
  return [
    ...negative,
    ...unused,
    ...(length < 1 ? [{ property: "length", reason: "must be at least 1" }] : []),
    ...(length < least
      ? [
          {
            property: "length",
            reason: `must be at least ${String(least)}, the sum of ${MINIMUMS.join(", ")}`,
          },
        ]
      : []),
    ...(classes.some(({ used, characters }) => used && characters !== "")
      ? []
      : [{ property: "special", reason: "at least one of special, upper, lower and numeric must be true" }]),
  ];
};

/** Inputs of RandomPassword and RandomString, checked by kind and by range. */
export const checkTextInputs = (given: Values): { inputs: Values; failures: Failure[] } => {
  const inputs = withDefaults(given);
  const kinds = kindFailures(inputs, KINDS, ["length"]);
  return { inputs, failures: kinds.length > 0 ? kinds : rangeFailures(inputs) };
};

/** The rules that checked inputs stand for. */
export const characterRules = (inputs: Values): TextRules => {
  const special = inputs["overrideSpecial"];
  const entry = (name: string, minimum: string, characters: string): NamedClass => ({
    name,
    minimum,
    characters,
    used: inputs[name] === true,
    min: numberOf(inputs[minimum]),
  });
  return {
    length: numberOf(inputs["length"]),
    classes: [
      entry("lower", "minLower", "abcdefghijklmnopqrstuvwxyz"),
      entry("upper", "minUpper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
      entry("numeric", "minNumeric", "0123456789"),
      entry(
        "special",
        "minSpecial",
        typeof special === "string" && special !== "" ? special : DEFAULT_SPECIAL,
      ),
    ],
  };
};

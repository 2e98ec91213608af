import type { z } from "zod";
import type { Alerting, AlertingDeclaration } from "./alerting";
import { alertingSchema } from "./alerting";
import type { AppDeclaration, ResolvedApp } from "./app";
import { appSchema, withThresholds } from "./app";
import type { Diagnostic } from "./diagnostics";
import { diagnosticsOf, fieldPath, Refusal } from "./diagnostics";
import { didYouMean } from "./did-you-mean";
import type { Settings } from "./settings";
import { settingsSchema, stackFile } from "./settings";
import { uptimeMistakes } from "./uptime-backends";

/** A declaration with the file it stands in, so that a mistake can point there. */
export interface Declared<T> {
  readonly declaredIn: string;
  readonly declaration: T;
}

/** Names the file of an app's declaration: `declareApp("infra/fleet/chatwoot.ts", { ... })`. */
export const declareApp = (declaredIn: string, declaration: AppDeclaration): Declared<AppDeclaration> => ({
  declaredIn,
  declaration,
});

/** Names the file of the alerting declaration. */
export const declareAlerting = (
  declaredIn: string,
  declaration: AlertingDeclaration,
): Declared<AlertingDeclaration> => ({ declaredIn, declaration });

/** Everything that can be watched. */
export interface FleetDeclaration {
  readonly apps: readonly Declared<AppDeclaration>[];
  readonly alerting: Declared<AlertingDeclaration>;
}

/** What one stack watches: parsed, with the stack's differences applied. */
export interface Fleet {
  readonly settings: Settings;
  readonly apps: readonly ResolvedApp[];
  readonly alerting: Alerting;
}

type Nested = { readonly [key: string]: unknown };
const isNested = (value: unknown): value is Nested =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `changes` laid over `base`: tables are merged, anything else (lists too) is replaced. */
const overlay = (base: unknown, changes: unknown): unknown =>
  isNested(base) && isNested(changes)
    ? Object.fromEntries(
        [...new Set([...Object.keys(base), ...Object.keys(changes)])].map((key) => [
          key,
          Object.hasOwn(changes, key) ? overlay(base[key], changes[key]) : base[key],
        ]),
      )
    : changes;

/** The paths of the values that are not tables. */
const leaves = (value: unknown, path: readonly PropertyKey[] = []): (readonly PropertyKey[])[] =>
  isNested(value) ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key])) : [path];

const startsWith = (path: readonly PropertyKey[], prefix: readonly PropertyKey[]): boolean =>
  prefix.every((key, index) => path[index] === key);

/** A path set by the stack's file, or one below or above it. */
const touches = (paths: readonly (readonly PropertyKey[])[], path: readonly PropertyKey[]): boolean =>
  paths.some((set) => startsWith(path, set));

type Parsed<T> = { readonly value: T } | { readonly mistakes: readonly Diagnostic[] };

const parse = <S extends z.ZodType>(
  schema: S,
  input: unknown,
  origin: (path: readonly PropertyKey[]) => Pick<Diagnostic, "file" | "subject">,
): Parsed<z.output<S>> => {
  const result = schema.safeParse(input);
  return result.success ? { value: result.data } : { mistakes: diagnosticsOf(result.error, input, origin) };
};

const mistakesOf = (parsed: Parsed<unknown>): readonly Diagnostic[] =>
  "mistakes" in parsed ? parsed.mistakes : [];

/** Parses a stack's settings. Throws a {@link Refusal} with every mistake in them. */
export const parseSettings = (stack: string, input: unknown): Settings => {
  const parsed = parse(settingsSchema, input, () => ({ file: stackFile(stack), subject: "hotdash" }));
  if ("mistakes" in parsed) throw new Refusal(parsed.mistakes);
  return { stack, ...parsed.value };
};

const resolveApp = (
  { declaredIn, declaration }: Declared<AppDeclaration>,
  settings: Settings,
): Parsed<ResolvedApp> => {
  const override = settings.overrides[declaration.name] ?? {};
  const overridden = Object.keys(override).length === 0 ? [] : leaves(override);
  const parsed = parse(appSchema, overlay(declaration, override), (path) => ({
    file: touches(overridden, path) ? stackFile(settings.stack) : declaredIn,
    subject: declaration.name,
  }));
  if ("mistakes" in parsed) return parsed;
  return { value: { ...withThresholds(parsed.value), declaredIn, overridden: overridden.map(fieldPath) } };
};

const unknownApps = (
  names: readonly string[],
  field: string,
  known: readonly string[],
  file: string,
): Diagnostic[] =>
  names
    .filter((name) => !known.includes(name))
    .map((name) => ({
      file,
      subject: "hotdash",
      field,
      value: name,
      limit: `an app of the fleet: ${known.join(", ")}`,
      mend: didYouMean(name, known) ?? "declare the app in infra/fleet, or remove the name",
    }));

/** A misspelt app would stay loud in its maintenance, and nobody would know why. */
const unknownMuted = (
  { maintenance, exclusions }: Alerting,
  known: readonly string[],
  file: string,
): Diagnostic[] =>
  [
    ...maintenance.flatMap(({ apps = [] }, index) =>
      unknownApps(apps, `maintenance[${index}].apps`, known, file),
    ),
    ...exclusions.flatMap(({ app }, index) => unknownApps([app], `exclusions[${index}].app`, known, file)),
  ].map((mistake) => ({ ...mistake, subject: "alerting" }));

/**
 * The fleet as one stack sees it. Throws a {@link Refusal} that names every mistake in settings, declarations and
 * overrides at once, before any resource exists.
 */
export const resolveFleet = (declared: FleetDeclaration, settings: Settings): Fleet => {
  const file = stackFile(settings.stack);
  const known = declared.apps.map(({ declaration }) => declaration.name);
  const chosen = declared.apps.filter(({ declaration }) => settings.apps.includes(declaration.name));

  const apps = chosen.map((app) => resolveApp(app, settings));
  const alerting = parse(alertingSchema, declared.alerting.declaration, () => ({
    file: declared.alerting.declaredIn,
    subject: "alerting",
  }));
  const mistakes = [
    ...unknownApps(settings.apps, "apps", known, file),
    ...unknownApps(Object.keys(settings.overrides), "overrides", settings.apps, file),
    ...unknownApps(Object.keys(settings.addresses), "addresses", settings.apps, file),
    ...apps.flatMap(mistakesOf),
    ...mistakesOf(alerting),
    ...("value" in alerting ? unknownMuted(alerting.value, known, declared.alerting.declaredIn) : []),
  ];
  if (mistakes.length > 0 || "mistakes" in alerting) throw new Refusal(mistakes);
  const fleet = {
    settings,
    apps: apps.flatMap((app) => ("value" in app ? [app.value] : [])),
    alerting: alerting.value,
  };
  // Only what is sound by itself can be held against what the backend can do.
  const { declaredIn } = declared.alerting;
  const beyond = uptimeMistakes(fleet.apps, { declaredIn, value: fleet.alerting }, settings);
  if (beyond.length > 0) throw new Refusal(beyond);
  return fleet;
};

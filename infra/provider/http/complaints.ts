import { formatPath } from "../property-path";

/** One thing that a service finds wrong, in its own words. */
export interface Complaint {
  /** The service's own path of the property: `request_headers[0].name`; undefined where it names none. */
  readonly path?: string;
  readonly words: string;
}

/** What can be read from the body of a refusal. */
export interface Refusal {
  readonly complaints: readonly Complaint[];
  /** The service's code for this error: "000-004". */
  readonly code?: string;
}

const mostComplaints = 10;
const longestWords = 300;

type Json = { readonly [key: string]: unknown };
const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

const shortened = (words: string): string => {
  const line = words.replace(/\s+/g, " ").trim();
  return line.length > longestWords ? `${line.slice(0, longestWords)}...` : line;
};

type Step = string | number;
const complaint = (path: readonly Step[], words: string): Complaint => ({
  ...(path.length > 0 && { path: formatPath(path) }),
  words: shortened(words),
});

/** An entry of a list that names its property beside its words: `{"field": "url", "message": "is taken"}`. */
const named = (entry: Json): Complaint | undefined => {
  const words = [entry["message"], entry["detail"], entry["error"], entry["title"]].find(isText);
  if (words === undefined) return undefined;
  const property = [entry["property"], entry["field"], entry["path"], entry["param"]].find(isText);
  return complaint(property === undefined ? [] : [property], words);
};

/** The words at the leaves, each with the path that leads to it. */
const leaves = (value: unknown, path: readonly Step[]): Complaint[] => {
  if (isText(value)) return [complaint(path, value)];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      isText(item)
        ? [complaint(path, item)]
        : isRecord(item) && named(item)
          ? [named(item) as Complaint]
          : leaves(item, [...path, index]),
    );
  }
  if (!isRecord(value)) return [];
  // Rails speaks of an object as a whole under the key "base".
  return Object.entries(value).flatMap(([key, item]) => leaves(item, key === "base" ? path : [...path, key]));
};

const allowedValues = (value: unknown): Complaint[] =>
  isRecord(value)
    ? Object.entries(value).flatMap(([key, values]) =>
        Array.isArray(values) ? [complaint([key], `must be one of ${values.map(String).join(", ")}`)] : [],
      )
    : [];

const complaintsIn = (body: Json): Complaint[] => {
  const listed = [...leaves(body["errors"], []), ...allowedValues(body["allowed_values"])];
  if (listed.length > 0) return listed;
  for (const key of ["message", "detail", "error", "error_description"]) {
    const found = leaves(body[key], []).map(({ words }) => ({ words }));
    if (found.length > 0) return found;
  }
  return [];
};

const pageTitle = (text: string): string | undefined =>
  /<(title|h1)[^>]*>([^<]+)</i.exec(text)?.[2]?.replace(/\s+/g, " ").trim();

/** Reads a refusal of any shape: JSON with its complaints in one of many places, a proxy's page, plain text, nothing. */
export const refusalOf = (text: string): Refusal => {
  if (text.trim() === "") return { complaints: [] };
  if (/^\s*<(!doctype|html|head|body)/i.test(text)) {
    const title = pageTitle(text);
    return {
      complaints: [{ words: `a web page${title === undefined ? "" : ` titled "${shortened(title)}"`}` }],
    };
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { complaints: [{ words: shortened(text) }] };
  }
  if (!isRecord(body)) return { complaints: leaves(body, []).slice(0, mostComplaints) };
  const code = body["code"];
  return {
    complaints: complaintsIn(body).slice(0, mostComplaints),
    ...((isText(code) || typeof code === "number") && { code: String(code) }),
  };
};

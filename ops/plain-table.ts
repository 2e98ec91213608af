import Table from "cli-table3";

const edges = [
  "top",
  "top-mid",
  "top-left",
  "top-right",
  "bottom",
  "bottom-mid",
  "bottom-left",
  "bottom-right",
];
const lines = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
const plain = {
  chars: { ...Object.fromEntries([...edges, ...lines].map((part) => [part, ""])), middle: "  " },
  style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
};

/** Columns without lines and colours: narrow enough for a terminal, and the same in a log. */
export const plainTable = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const table = new Table({ head: [...head], ...plain });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
};

import { mkdir, open, readFile, rename, rm, truncate } from "node:fs/promises";
import path from "node:path";
import { entryOf, keyOf, keysIn } from "./entry";
import type { Alert } from "./notification";

/** The journal on its volume. */
export interface Book {
  /** Writes what was not written before; resolves when it is on the disk. Returns how many entries that were. */
  write(alerts: readonly Alert[]): Promise<number>;
  /** The whole text, the oldest entry first. */
  read(): Promise<string>;
}

export interface BookLimits {
  /** Of the present file, before it becomes an old one. */
  readonly bytes: number;
  /** Files that are kept, the present one among them. */
  readonly files: number;
}

const title = "# Reliability\n\nAlerts as they fired and recovered, written by flymon.\n\n";

const textOf = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
};

/** An entry ends with an empty line: what comes after the last one was torn by a crash, and will be sent again. */
const wholePart = (text: string): string => {
  const end = text.lastIndexOf("\n\n");
  return end === -1 ? "" : text.slice(0, end + 2);
};

/** Opens the journal at `file`; older parts lie beside it as `file.1`, `file.2`, …, the youngest first. */
export const openBook = async (file: string, { bytes, files }: BookLimits): Promise<Book> => {
  const old = Array.from({ length: files - 1 }, (_, index) => `${file}.${index + 1}`);
  await mkdir(path.dirname(file), { recursive: true });
  const found = await textOf(file);
  const whole = wholePart(found);
  if (whole !== found) await truncate(file, Buffer.byteLength(whole));

  let size = Buffer.byteLength(whole);
  const keysOf = async (part: string): Promise<ReadonlySet<string>> => new Set(keysIn(await textOf(part)));
  /** By file, the present one first: what an old file forgets is forgotten here too. */
  let keys: ReadonlySet<string>[] = [new Set(keysIn(whole)), ...(await Promise.all(old.map(keysOf)))];

  const turnOver = async (): Promise<void> => {
    const parts = [file, ...old];
    await rm(parts.at(-1) ?? file, { force: true });
    for (let index = parts.length - 2; index >= 0; index -= 1) {
      const [from = "", to = ""] = [parts[index], parts[index + 1]];
      await rename(from, to).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      });
    }
    keys = [new Set(), ...keys.slice(0, files - 1)];
    size = 0;
  };

  const append = async (text: string): Promise<void> => {
    const handle = await open(file, "a");
    try {
      await handle.appendFile(text);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  };

  const writeNow = async (alerts: readonly Alert[]): Promise<number> => {
    const fresh = new Map(
      alerts.flatMap((alert) => {
        const key = keyOf(alert);
        return keys.some((known) => known.has(key)) ? [] : [[key, entryOf(alert)] as const];
      }),
    );
    if (fresh.size === 0) return 0;
    if (size > bytes) await turnOver();
    const text = `${size === 0 ? title : ""}${[...fresh.values()].join("")}`;
    try {
      await append(text);
    } catch (error) {
      // Half an entry on a full disk must not become the beginning of the next.
      await truncate(file, size).catch(() => undefined);
      throw error;
    }
    size += Buffer.byteLength(text);
    keys = [new Set([...(keys[0] ?? []), ...fresh.keys()]), ...keys.slice(1)];
    return fresh.size;
  };

  // One after the other: two notifications of one alert may come at once.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const done = queue.then(run);
    queue = done.catch(() => undefined);
    return done;
  };
  return {
    write: (alerts) => inTurn(() => writeNow(alerts)),
    read: () =>
      inTurn(async () => (await Promise.all([...old.toReversed(), file].map(textOf))).join("") || title),
  };
};

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { echo, startTestFly, type Answer, type TestFly } from "../support/fly-sandbox";

let sandbox: TestFly;
let path: string;
beforeAll(async () => {
  sandbox = await startTestFly();
  const { machines } = await sandbox.others.makeApp({
    name: "shop",
    machines: [{ config: echo(), state: "stopped" }],
  });
  path = `/apps/shop/machines/${machines[0]?.id ?? ""}`;
});
afterEach(() => sandbox.fly.faults.clear());
afterAll(() => sandbox.fly.stop());

const on = async (fault: string, parameters: object = {}): Promise<void> => {
  expect((await sandbox.fly.faults.switchOn(fault, parameters)).kind).toBe("on");
};
const outcome = (promise: Promise<Answer>): Promise<number | string> =>
  promise.then(
    ({ status }) => status,
    (error: unknown) => (error as Error & { cause?: { code?: string } }).cause?.code ?? (error as Error).name,
  );
const cordoned = async (): Promise<boolean> =>
  (await sandbox.call<{ cordoned: boolean }>("GET", path)).body.cordoned;

test.each([
  ["request-timeout", 408],
  ["lease-held", 409],
  ["precondition-failed", 412],
  ["rate-limited", 429],
  ["server-error", 500],
  ["bad-gateway", 502],
  ["unavailable", 503],
])("%s answers %i for so many calls of one action, and does nothing", async (fault, status) => {
  await on(fault, { calls: 2, action: "machines.cordon" });
  expect(await outcome(sandbox.call("GET", path))).toBe(200);
  const answer = await sandbox.call("POST", `${path}/cordon`);
  expect(answer.status).toBe(status);
  expect(answer.headers.get("retry-after")).toBe(fault === "rate-limited" ? "1" : null);
  expect(answer.headers.get("content-type")).toContain(
    fault === "bad-gateway" ? "text/html" : "application/json",
  );
  expect(await outcome(sandbox.call("POST", `${path}/cordon`))).toBe(status);
  expect(await cordoned()).toBe(false);
  expect(sandbox.fly.faults.active()).toEqual({});
});

test("429 comes without Retry-After, too", async () => {
  await on("rate-limited", { calls: 1, retryAfter: null });
  const answer = await sandbox.call("GET", path);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, null]);
});

test("a connection cut before has done nothing, a lost answer has acted", async () => {
  await on("reset-before", { calls: 1, action: "machines.cordon" });
  expect(await outcome(sandbox.call("POST", `${path}/cordon`))).toMatch(/UND_ERR_SOCKET|ECONNRESET/);
  expect(await cordoned()).toBe(false);
  await on("lost-answer", { calls: 1, action: "machines.cordon" });
  expect(await outcome(sandbox.call("POST", `${path}/cordon`))).toMatch(/UND_ERR_SOCKET|ECONNRESET/);
  expect(await cordoned()).toBe(true);
  await sandbox.call("POST", `${path}/uncordon`);
});

test("no answer, half an answer, a slow answer", async () => {
  await on("no-answer", { calls: 1 });
  const { apiUrl, token } = sandbox.fly.announcement;
  const ask = (timeout: number): Promise<Response> =>
    fetch(`${apiUrl}/v1${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(timeout),
    });
  await expect(ask(300)).rejects.toThrow();
  await on("truncated", { calls: 1 });
  const half = await ask(2_000);
  expect(half.status).toBe(200);
  await expect(half.json()).rejects.toThrow(SyntaxError);
  await on("slow-body", { calls: 1, delay: "400ms" });
  const begun = performance.now();
  const slow = await ask(2_000);
  const headers = performance.now() - begun;
  expect(await slow.json()).toMatchObject({ state: "stopped" });
  expect(headers).toBeLessThan(300);
  expect(performance.now() - begun).toBeGreaterThan(390);
});

test("calls are chosen by method and path, with stars", async () => {
  await on("unavailable", { method: "POST", path: "/v1/apps/shop/machines/*/cordon" });
  expect(await outcome(sandbox.call("POST", `${path}/uncordon`))).toBe(200);
  expect(await outcome(sandbox.call("POST", `${path}/cordon`))).toBe(503);
  await sandbox.fly.faults.clear();
  await on("unavailable", { action: "leases.*" });
  expect(await outcome(sandbox.call("GET", path))).toBe(200);
  expect(await outcome(sandbox.call("POST", `${path}/lease`))).toBe(503);
});

test("chance by a seed: the same seed strikes the same calls, another one others", async () => {
  const run = async (seed: number): Promise<readonly number[]> => {
    await on("server-error", { probability: 0.3, seed });
    const statuses: number[] = [];
    for (let turn = 0; turn < 40; turn += 1) statuses.push((await sandbox.call("GET", path)).status);
    await sandbox.fly.faults.clear();
    return statuses;
  };
  const first = await run(1);
  expect(await run(1)).toEqual(first);
  expect(await run(2)).not.toEqual(first);
  const struck = first.filter((status) => status === 500).length;
  expect(struck).toBeGreaterThan(4);
  expect(struck).toBeLessThan(22);
});

test("chaos draws among the kinds, by a seed", async () => {
  const run = async (): Promise<readonly (number | string)[]> => {
    await on("chaos", {
      probability: 0.5,
      seed: 11,
      kinds: ["server-error", "rate-limited", "reset-before"],
    });
    const statuses: (number | string)[] = [];
    for (let turn = 0; turn < 30; turn += 1) statuses.push(await outcome(sandbox.call("GET", path)));
    await sandbox.fly.faults.clear();
    return statuses;
  };
  const first = await run();
  expect(new Set(first).size).toBeGreaterThanOrEqual(4);
  expect(await run()).toEqual(first);
});

test("down, then as before; every call is in the book with what struck it", async () => {
  await on("down");
  expect(await outcome(sandbox.call("GET", path))).toMatch(/ECONNREFUSED|UND_ERR_SOCKET/);
  await sandbox.fly.faults.clear();
  await on("unavailable", { calls: 1 });
  await sandbox.others.forgetCalls();
  await sandbox.call("GET", path);
  await sandbox.call("POST", `${path}/lease`, {}, { nonce: "mine" });
  expect(await sandbox.others.calls()).toMatchObject([
    { action: "machines.get", method: "GET", app: "shop", status: 503, fault: "unavailable" },
    { action: "leases.take", status: 409, nonce: "mine" },
  ]);
});

test("wrong parameters are told", async () => {
  expect(await sandbox.fly.faults.switchOn("server-error", { probability: 2 })).toMatchObject({
    kind: "refused",
  });
  expect(await sandbox.fly.faults.switchOn("chaos", { kinds: ["nothing"] })).toMatchObject({
    kind: "refused",
  });
});

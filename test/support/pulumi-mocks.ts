import * as pulumi from "@pulumi/pulumi";

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

export interface Mocks {
  readonly registered: readonly Registered[];
  /** Waits until all that the program makes is registered. */
  settled(): Promise<readonly Registered[]>;
  ofType(type: string): readonly Registered[];
}

/** What resources of some kinds come to have. */
const made = (name: string): object => ({
  channelId: `C-${name}`,
  volumeId: `vol_${name}`,
  result: `made-${name}`,
  bcryptHash: `$2b$10$${name}`,
});

const secretMark = "4dabf18193072939515e22adb298388d";

/** The mocks' wire marks a whole input as secret where a part of it is; what is secret in the state the engine shows. */
const withoutMarks = (inputs: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) =>
      typeof value === "object" && value !== null && secretMark in value && "value" in value
        ? [name, value.value]
        : [name, value],
    ),
  );

/** Takes the engine's place: remembers what is registered, and answers with made-up ids. */
export const mockPulumi = async ({ preview = false } = {}): Promise<Mocks> => {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: withoutMarks(inputs as Record<string, unknown>) });
        return { id: `${name}-id`, state: { ...(inputs as object), ...made(name) } };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "hotdash",
    "test",
    preview,
  );
  return {
    registered,
    settled: async () => {
      await pulumi.runtime.disconnect();
      return registered;
    },
    ofType: (type) => registered.filter((resource) => resource.type === type),
  };
};

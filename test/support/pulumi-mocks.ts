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

/** Takes the engine's place: remembers what is registered, and answers with made-up ids. */
export const mockPulumi = async (stack = "test"): Promise<Mocks> => {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Record<string, unknown> });
        return { id: `${name}-id`, state: { ...(inputs as object), channelId: `C-${name}` } };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "hotdash",
    stack,
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

import { fault, noParameters } from "./fault";

/** Nothing listens: connections are refused, open ones are cut. */
export const down = fault({
  name: "down",
  summary: "connections are refused",
  parameters: noParameters,
  example: {},
});

/** Connections are accepted and never answered. */
export const hang = fault({
  name: "hang",
  summary: "accepts and never answers",
  parameters: noParameters,
  example: {},
});

import { agentService } from "./agent-service";
import { chatwoot } from "./chatwoot";
import { coldStart } from "./faults";
import { llamaindexMcp } from "./llamaindex-mcp";
import { postgres } from "./postgres";
import type { Product } from "./product";
import { storefront } from "./storefront";
import type { Fault } from "../faults/fault";

/** An app of the fleet as the sandbox runs it. */
export interface App {
  readonly name: string;
  readonly product: Product;
  /** Faults of this app's place on Fly, beside those of its product. */
  readonly placeFaults: readonly Fault[];
}

const always: readonly Fault[] = [];
/** An app whose machines stop when idle can start slowly. */
const scaledToZero: readonly Fault[] = [coldStart];

/** Every app the sandbox can run. */
export const catalogue: readonly App[] = [
  { name: "hotdash-chatwoot", product: chatwoot, placeFaults: always },
  { name: "hotdash-staging", product: storefront, placeFaults: always },
  { name: "hotdash-staging-db", product: postgres, placeFaults: always },
  { name: "hotdash-llamaindex-mcp", product: llamaindexMcp, placeFaults: scaledToZero },
  { name: "hotdash-agent-service", product: agentService, placeFaults: scaledToZero },
  { name: "hotdash-production", product: storefront, placeFaults: always },
];

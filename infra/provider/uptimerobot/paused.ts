import { z } from "zod";
import type { Part } from "../rest/description";
import { addressOf, type RestApi } from "../rest/api";
import type { RestObject } from "../rest/service";
import { settledWhen } from "../rest/settle";

const monitors = "/monitors";

const isPaused = ({ attributes }: RestObject): boolean => attributes["status"] === "PAUSED";

/** Pausing and starting have addresses of their own; whether a monitor rests is in its status. */
export const paused: Part = {
  read: async (api: RestApi, object) => {
    const found = await api.find(monitors, object.id);
    return found === undefined ? undefined : isPaused(found);
  },
  write: async (api, object, inputs) => {
    const wanted = inputs["paused"] === true;
    const found = await api.find(monitors, object.id);
    if (found !== undefined && isPaused(found) === wanted) return wanted;
    await api.client.call({
      method: "POST",
      path: `${addressOf(monitors, object.id)}/${wanted ? "pause" : "start"}`,
      answer: z.unknown(),
      isRepeatable: true,
    });
    const settled = await settledWhen(api, monitors, found ?? object, (seen) => isPaused(seen) === wanted);
    return isPaused(settled);
  },
};

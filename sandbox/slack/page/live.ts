import { liveBeginning } from "../../feed/live";

/** The page's script. */
export const live = `${liveBeginning("messages")}
const { channel, sequence } = document.body.dataset;
const source = listen("/api/page/events?channel=" + encodeURIComponent(channel) + "&after=" + sequence);
source.addEventListener("message", (event) => {
  const { id, html } = JSON.parse(event.data);
  const item = itemOf(html);
  const old = document.getElementById(id);
  arrive(() => { if (old) old.replaceWith(item); else append(item); });
});
source.addEventListener("gone", (event) => document.getElementById(JSON.parse(event.data).id)?.remove());
source.addEventListener("frame", (event) => {
  const { channels, heading } = JSON.parse(event.data);
  document.getElementById("channels").innerHTML = channels;
  document.getElementById("heading").innerHTML = heading;
});
`;

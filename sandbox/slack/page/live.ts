/**
 * The page's script. The server sends finished markup over Server-Sent Events; the script only puts it in its place.
 * Every part was escaped where it was made (mrkdwn.ts, parts.ts).
 */
export const live = `"use strict";
const { channel, sequence } = document.body.dataset;
const list = document.getElementById("messages");
const state = document.getElementById("live");
const atEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
const toEnd = () => { list.scrollTop = list.scrollHeight; };
const say = (name, words) => { state.className = "live " + name; state.textContent = words; };
const localTimes = (root) => {
  for (const time of root.querySelectorAll("time")) time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour12: false });
};
localTimes(document);
toEnd();

const source = new EventSource("/api/page/events?channel=" + encodeURIComponent(channel) + "&after=" + sequence);
source.onopen = () => say("on", "live");
source.onerror = () => say("off", "cut off, trying again");
source.addEventListener("message", (event) => {
  const { id, html } = JSON.parse(event.data);
  const follow = atEnd();
  const old = document.getElementById(id);
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const item = holder.content.firstElementChild;
  localTimes(item);
  if (old) old.replaceWith(item);
  else { item.classList.add("new"); list.append(item); }
  document.getElementById("empty").hidden = true;
  if (follow) toEnd();
});
source.addEventListener("gone", (event) => document.getElementById(JSON.parse(event.data).id)?.remove());
source.addEventListener("frame", (event) => {
  const { channels, heading } = JSON.parse(event.data);
  document.getElementById("channels").innerHTML = channels;
  document.getElementById("heading").innerHTML = heading;
});
`;

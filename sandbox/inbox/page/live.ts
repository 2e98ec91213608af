/**
 * The page's script. The server sends finished markup over Server-Sent Events; the script only puts it in its place.
 * Every part was escaped where it was made.
 */
export const live = `"use strict";
const { view, last } = document.body.dataset;
const list = document.getElementById("entries");
const state = document.getElementById("live");
const atEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
const toEnd = () => { list.scrollTop = list.scrollHeight; };
const say = (name, words) => { state.className = "live " + name; state.textContent = words; };
const localTimes = (root) => {
  for (const time of root.querySelectorAll("time")) time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour12: false });
};
localTimes(document);
toEnd();

const source = new EventSource("/page/events" + view + (view ? "&" : "?") + "after=" + last);
source.onopen = () => say("on", "live");
source.onerror = () => say("off", "cut off, trying again");
source.addEventListener("entry", (event) => {
  const { html } = JSON.parse(event.data);
  const follow = atEnd();
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const item = holder.content.firstElementChild;
  if (document.getElementById(item.id)) return;
  localTimes(item);
  item.classList.add("new");
  list.append(item);
  document.getElementById("empty").hidden = true;
  if (follow) toEnd();
});
source.addEventListener("sidebar", (event) => {
  document.getElementById("sidebar").innerHTML = JSON.parse(event.data).html;
});
`;

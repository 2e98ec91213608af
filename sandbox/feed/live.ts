/**
 * What the script of such a page begins with. The server sends finished markup over Server-Sent Events; the script only
 * puts it in its place. Every part was escaped where it was made. `source` is opened by what follows.
 */
export const liveBeginning = (listId: string): string => `"use strict";
const list = document.getElementById("${listId}");
const state = document.getElementById("live");
const atEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
const toEnd = () => { list.scrollTop = list.scrollHeight; };
const say = (name, words) => { state.className = "live " + name; state.textContent = words; };
const localTimes = (root) => {
  for (const time of root.querySelectorAll("time")) time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour12: false });
};
const itemOf = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  localTimes(holder.content);
  return holder.content.firstElementChild;
};
const append = (item) => { item.classList.add("new"); list.append(item); };
const listen = (address) => {
  const source = new EventSource(address);
  source.onopen = () => say("on", "live");
  source.onerror = () => say("off", "cut off, trying again");
  return source;
};
/** Puts what came where it belongs, and stays at the end where the reader is. */
const arrive = (put) => {
  const follow = atEnd();
  put();
  document.getElementById("empty").hidden = true;
  if (follow) toEnd();
};
localTimes(document);
toEnd();
`;

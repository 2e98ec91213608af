import { liveBeginning } from "../../feed/live";

/** The page's script. */
export const live = `${liveBeginning("entries")}
const { view, last } = document.body.dataset;
const source = listen("/page/events" + view + (view ? "&" : "?") + "after=" + last);
source.addEventListener("entry", (event) => {
  const item = itemOf(JSON.parse(event.data).html);
  if (!document.getElementById(item.id)) arrive(() => append(item));
});
source.addEventListener("sidebar", (event) => {
  document.getElementById("sidebar").innerHTML = JSON.parse(event.data).html;
});
`;

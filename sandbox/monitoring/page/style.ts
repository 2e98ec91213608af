/** The style of the pages of what watches: light and dark by the reader's setting, nothing from elsewhere. */
export const style = `
:root { --back: #fff; --text: #1d1c1d; --dim: #616061; --line: #e2e2e5; --soft: #f6f6f8; --link: #0b5cad; --up: #147a4b; --warn: #9a5b00; --down: #b3122d; }
@media (prefers-color-scheme: dark) {
  :root { --back: #1a1d21; --text: #e2e3e5; --dim: #a3a6ab; --line: #363a40; --soft: #22262b; --link: #6cb4f5; --up: #4fc98b; --warn: #f0b54a; --down: #ff7d92; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.25rem; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, "Segoe UI", Roboto, sans-serif; }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; flex-wrap: wrap; margin-bottom: .5rem; }
h1 { font-size: 1.3rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .25rem; }
h2 small { font-weight: 400; color: var(--dim); font-size: .85rem; margin-left: .4rem; }
p { margin: 0; color: var(--dim); }
a { color: var(--link); text-decoration: none; overflow-wrap: anywhere; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); }
thead th { font-size: .78rem; color: var(--dim); font-weight: 600; }
tbody th { font-weight: 600; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
.dim { color: var(--dim); font-size: .85rem; font-weight: 400; }
.state { font-weight: 600; white-space: nowrap; }
.state::before { content: "●"; margin-right: .35rem; }
.up { color: var(--up); } .warn { color: var(--warn); } .down { color: var(--down); } .rest { color: var(--dim); }
.incident { border: 1px solid var(--line); border-left-width: 4px; border-radius: 6px; padding: .6rem .85rem; margin-top: .6rem; }
.incident.open { border-left-color: var(--down); background: var(--soft); }
.incident.taken { border-left-color: var(--warn); }
.incident.over { border-left-color: var(--up); }
.incident .head { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline; }
.incident ol { list-style: none; margin: .4rem 0 0; padding: 0; font-size: .85rem; }
.incident li { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); gap: .5rem; padding: .08rem 0; }
.incident li time { color: var(--dim); font-variant-numeric: tabular-nums; }
.steps { margin: 0; padding-left: 1.1rem; }
form { display: inline; margin: 0; }
button { font: inherit; font-size: .85rem; padding: .15rem .65rem; border: 1px solid var(--line); border-radius: 6px; background: var(--back); color: var(--text); cursor: pointer; }
button:hover { border-color: var(--dim); }
.live { font-size: .8rem; color: var(--dim); }
.live::before { content: "●"; margin-right: .35rem; }
.live.on::before { color: var(--up); } .live.off::before { color: var(--down); }
`;

/** The page's script: it puts the server's finished markup in its place, once a second, and no more. */
export const live = `"use strict";
const main = document.getElementById("parts");
const state = document.getElementById("live");
let shown = "";
const look = async () => {
  try {
    const answer = await fetch("/page/parts");
    if (!answer.ok) throw new Error(String(answer.status));
    const markup = await answer.text();
    if (markup !== shown && !main.contains(document.activeElement)) { main.innerHTML = markup; shown = markup; }
    state.className = "live on"; state.textContent = "live";
  } catch {
    state.className = "live off"; state.textContent = "cut off, trying again";
  }
  setTimeout(look, 1000);
};
look();
`;

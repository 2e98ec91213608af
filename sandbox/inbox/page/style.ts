/** The page's style sheet: light and dark by the reader's setting, nothing from elsewhere. */
export const style = `
:root {
  --back: #ffffff; --text: #1d1c1d; --dim: #616061; --line: #e4e4e6; --hover: #f8f8f8; --link: #0b5cad;
  --side: #f2f5f7; --here: #1f5673; --on-here: #ffffff; --fresh: #e8f2fb; --badge: #e6eaed; --bad: #b3122d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #1a1d21; --text: #e2e3e5; --dim: #a3a6ab; --line: #33373d; --hover: #212529; --link: #6cb4f5;
    --side: #1d2327; --here: #2f7194; --on-here: #ffffff; --fresh: #1f3a52; --badge: #34383e; --bad: #ff7d92;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); height: 100vh;
  background: var(--back); color: var(--text); font: 15px/1.45 system-ui, "Segoe UI", Roboto, sans-serif;
}
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
nav { background: var(--side); border-right: 1px solid var(--line); overflow-y: auto; }
nav header { padding: 1rem; border-bottom: 1px solid var(--line); display: flex; flex-direction: column; gap: .15rem; }
nav h2 { font-size: .78rem; color: var(--dim); font-weight: 600; margin: .6rem 1.1rem 0; }
.live { font-size: .78rem; color: var(--dim); }
.live.on::before { content: "●"; color: #2eb67d; margin-right: .3rem; }
.live.off::before { content: "●"; color: #e01e5a; margin-right: .3rem; }
nav ul { list-style: none; margin: 0; padding: .25rem .5rem; }
nav li a { display: flex; gap: .5rem; justify-content: space-between; padding: .3rem .6rem; border-radius: 6px; color: var(--text); }
nav li a:hover { text-decoration: none; background: var(--badge); }
nav li a[aria-current] { background: var(--here); color: var(--on-here); }
nav .name { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
nav .count { font-size: .75rem; padding: 0 .45rem; border-radius: 9px; background: var(--badge); color: var(--text); align-self: center; }
main { display: flex; flex-direction: column; min-width: 0; height: 100vh; }
main > header { padding: .8rem 1.25rem; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
#entries { list-style: none; margin: 0; padding: .5rem 0 1rem; overflow-y: auto; flex: 1; }
#empty { position: absolute; left: 17rem; right: 0; top: 45%; text-align: center; color: var(--dim); }
#empty[hidden] { display: none; }
.earlier { text-align: center; color: var(--dim); font-size: .85rem; padding: .5rem; }
.entry { display: grid; grid-template-columns: 36px minmax(0, 1fr); gap: .75rem; padding: .45rem 1.25rem; }
.entry:hover { background: var(--hover); }
.entry.new { animation: arrive 2.5s ease-out; }
@keyframes arrive { from { background: var(--fresh); } }
@media (prefers-reduced-motion: reduce) { .entry.new { animation: none; } }
.avatar { width: 36px; height: 36px; border-radius: 8px; display: grid; place-items: center; font-weight: 700; color: #fff; background: #1f5673; }
.avatar.call { background: #5a5f2a; }
.head { display: flex; flex-wrap: wrap; gap: 0 .5rem; align-items: baseline; }
.head time, .from { font-size: .78rem; color: var(--dim); }
.head a { font-size: .82rem; }
.kind { font-size: .62rem; font-weight: 700; padding: 0 .3rem; border-radius: 3px; background: var(--badge); color: var(--dim); }
.refused { color: var(--bad); font-weight: 600; font-size: .85rem; }
.body { overflow-wrap: anywhere; }
.subject { font-weight: 600; }
.text { white-space: pre-line; max-width: 60rem; }
code, pre { font: 13px/1.45 ui-monospace, "SF Mono", Menlo, monospace; }
code { color: var(--dim); }
pre { background: var(--hover); border: 1px solid var(--line); border-radius: 4px; padding: .5rem .7rem; margin: .3rem 0; white-space: pre-wrap; }
summary { cursor: pointer; color: var(--dim); font-size: .85rem; }
@media (max-width: 44rem) {
  body { grid-template-columns: minmax(0, 1fr); grid-template-rows: auto minmax(0, 1fr); }
  nav { max-height: 35vh; border-right: 0; border-bottom: 1px solid var(--line); }
  main { height: auto; min-height: 0; }
  #empty { left: 0; }
}
`;

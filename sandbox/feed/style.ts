/** Custom properties by the reader's setting, such as "--side: #f6f3f7;". */
interface Colours {
  readonly light: string;
  readonly dark: string;
}

/**
 * The style sheet of a page with a list at the left and what arrives at the right: light and dark by the reader's
 * setting, nothing from elsewhere. `own` rules come behind those that such pages share.
 */
export const feedStyle = ({ light, dark }: Colours, own: string): string => `
:root {
  --back: #ffffff; --text: #1d1c1d; --dim: #616061; --line: #e4e4e6; --hover: #f8f8f8; --link: #0b5cad; --on-here: #ffffff; --fresh: #e8f2fb;
  ${light}
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #1a1d21; --text: #e2e3e5; --dim: #a3a6ab; --line: #33373d; --hover: #212529; --link: #6cb4f5; --fresh: #1f3a52;
    ${dark}
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
.live { font-size: .78rem; color: var(--dim); }
.live.on::before { content: "●"; color: #2eb67d; margin-right: .3rem; }
.live.off::before { content: "●"; color: #e01e5a; margin-right: .3rem; }
nav ul { list-style: none; margin: 0; }
nav li a { padding: .3rem .6rem; border-radius: 6px; color: var(--text); }
nav li a:hover { text-decoration: none; background: var(--badge); }
nav li a[aria-current] { background: var(--here); color: var(--on-here); }
nav .name { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
nav .count { font-size: .75rem; border-radius: 9px; background: var(--badge); color: var(--text); }
main { display: flex; flex-direction: column; min-width: 0; height: 100vh; }
main > header { padding: .8rem 1.25rem; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.1rem; margin: 0; }
main > ol { list-style: none; margin: 0; padding: .5rem 0 1rem; overflow-y: auto; flex: 1; }
#empty { position: absolute; left: 17rem; right: 0; top: 45%; text-align: center; color: var(--dim); }
#empty[hidden] { display: none; }
.earlier { text-align: center; color: var(--dim); font-size: .85rem; padding: .5rem; }
.arrival { display: grid; grid-template-columns: 36px minmax(0, 1fr); gap: .75rem; padding: .45rem 1.25rem; }
.arrival:hover { background: var(--hover); }
.arrival.new { animation: arrive 2.5s ease-out; }
@keyframes arrive { from { background: var(--fresh); } }
@media (prefers-reduced-motion: reduce) { .arrival.new { animation: none; } }
.avatar { width: 36px; height: 36px; border-radius: 8px; display: grid; place-items: center; font-weight: 700; color: #fff; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; }
.head time { color: var(--dim); }
.tag { font-size: .62rem; font-weight: 700; padding: 0 .3rem; border-radius: 3px; background: var(--badge); color: var(--dim); }
.body { overflow-wrap: anywhere; }
code, pre { font: 13px/1.45 ui-monospace, "SF Mono", Menlo, monospace; }
pre { background: var(--hover); border: 1px solid var(--line); border-radius: 4px; padding: .5rem .7rem; margin: .3rem 0; white-space: pre-wrap; }
${own.trim()}
@media (max-width: 44rem) {
  body { grid-template-columns: minmax(0, 1fr); grid-template-rows: auto minmax(0, 1fr); }
  nav { max-height: 35vh; border-right: 0; border-bottom: 1px solid var(--line); }
  main { height: auto; min-height: 0; }
  #empty { left: 0; }
}
`;

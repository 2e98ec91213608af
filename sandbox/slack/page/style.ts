/** The page's style sheet: light and dark by the reader's setting, nothing from elsewhere. */
export const style = `
:root {
  --back: #ffffff; --text: #1d1c1d; --dim: #616061; --line: #e4e4e6; --hover: #f8f8f8; --link: #0b5cad;
  --side: #f6f3f7; --here: #5b2a6b; --on-here: #ffffff; --mention: #e8f2fb; --code: #c01343; --badge: #ececee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #1a1d21; --text: #e2e3e5; --dim: #a3a6ab; --line: #33373d; --hover: #212529; --link: #6cb4f5;
    --side: #211d26; --here: #7a4a8c; --on-here: #ffffff; --mention: #1f3a52; --code: #ff8fab; --badge: #34383e;
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
nav ul { list-style: none; margin: 0; padding: .5rem; }
nav li a {
  display: grid; grid-template-columns: minmax(0, 1fr) auto auto; gap: 0 .4rem; align-items: baseline;
  padding: .3rem .6rem; border-radius: 6px; color: var(--text);
}
nav li a:hover { text-decoration: none; background: var(--badge); }
nav li a[aria-current] { background: var(--here); color: var(--on-here); }
nav .name, nav .topic { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
nav .topic { grid-column: 1 / -1; font-size: .78rem; color: var(--dim); }
nav .state { font-size: .72rem; color: var(--dim); }
nav .count { grid-column: 3; font-size: .75rem; min-width: 1.5rem; text-align: center; padding: 0 .4rem; border-radius: 9px; background: var(--badge); color: var(--text); }
nav .archived .name { color: var(--dim); text-decoration: line-through; }
nav li a[aria-current] .topic, nav li a[aria-current] .state, nav li a[aria-current] .name { color: inherit; }
main { display: flex; flex-direction: column; min-width: 0; height: 100vh; }
main > header { padding: .8rem 1.25rem; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.1rem; margin: 0; }
main > header p { margin: .1rem 0 0; font-size: .85rem; color: var(--dim); }
.bookmarks { display: flex; flex-wrap: wrap; gap: .9rem; }
#messages { list-style: none; margin: 0; padding: .5rem 0 1rem; overflow-y: auto; flex: 1; }
#empty { position: absolute; left: 17rem; right: 0; top: 45%; text-align: center; color: var(--dim); }
.earlier { text-align: center; color: var(--dim); font-size: .85rem; padding: .5rem; }
.message { display: grid; grid-template-columns: 36px minmax(0, 1fr); gap: .75rem; padding: .45rem 1.25rem; }
.message:hover { background: var(--hover); }
.message.new { animation: arrive 2.5s ease-out; }
@keyframes arrive { from { background: var(--mention); } }
@media (prefers-reduced-motion: reduce) { .message.new { animation: none; } }
.avatar { width: 36px; height: 36px; border-radius: 8px; display: grid; place-items: center; font-weight: 700; color: #fff; background: #5b2a6b; }
.avatar.webhook { background: #2a5a6b; }
.head { display: flex; flex-wrap: wrap; gap: .5rem; align-items: baseline; }
.head time, .edited { font-size: .75rem; color: var(--dim); }
.head .app { font-size: .62rem; font-weight: 700; padding: 0 .3rem; border-radius: 3px; background: var(--badge); color: var(--dim); }
.head .place { font-size: .8rem; }
.body { overflow-wrap: anywhere; }
.prose { white-space: pre-line; }
h3 { font-size: 1.1rem; margin: .2rem 0; }
.section { margin: .2rem 0; }
.context { color: var(--dim); font-size: .82rem; display: flex; flex-wrap: wrap; gap: .2rem .8rem; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .35rem 1rem; margin: .3rem 0; }
.fields .name { display: block; }
.attachment { display: grid; grid-template-columns: 4px minmax(0, 1fr); gap: .75rem; margin: .3rem 0; max-width: 46rem; }
.attachment .bar { display: block; height: 100%; }
.attachment .title { font-weight: 700; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin: .35rem 0; }
.button { display: inline-block; padding: .15rem .7rem; border: 1px solid var(--line); border-radius: 6px; font-size: .85rem; }
.mention { background: var(--mention); color: var(--link); padding: 0 .15rem; border-radius: 3px; font-weight: 500; }
code, pre { font: 13px/1.45 ui-monospace, "SF Mono", Menlo, monospace; background: var(--hover); border: 1px solid var(--line); border-radius: 4px; }
code { padding: .05rem .25rem; color: var(--code); }
pre { padding: .5rem .7rem; margin: .3rem 0; white-space: pre-wrap; }
blockquote { margin: .2rem 0; padding-left: .7rem; border-left: 4px solid var(--line); }
hr { border: 0; border-top: 1px solid var(--line); margin: .5rem 0; }
@media (max-width: 44rem) {
  body { grid-template-columns: minmax(0, 1fr); grid-template-rows: auto minmax(0, 1fr); }
  nav { max-height: 35vh; border-right: 0; border-bottom: 1px solid var(--line); }
  main { height: auto; min-height: 0; }
  #empty { left: 0; }
}
`;

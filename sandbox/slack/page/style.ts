import { feedStyle } from "../../feed/style";

/** The page's style sheet. */
export const style = feedStyle(
  {
    light: "--side: #f6f3f7; --here: #5b2a6b; --code: #c01343; --badge: #ececee;",
    dark: "--side: #211d26; --here: #7a4a8c; --code: #ff8fab; --badge: #34383e;",
  },
  `
nav ul { padding: .5rem; }
nav li a { display: grid; grid-template-columns: minmax(0, 1fr) auto auto; gap: 0 .4rem; align-items: baseline; }
nav .topic { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; grid-column: 1 / -1; font-size: .78rem; color: var(--dim); }
nav .state { font-size: .72rem; color: var(--dim); }
nav .count { grid-column: 3; min-width: 1.5rem; text-align: center; padding: 0 .4rem; }
nav .archived .name { color: var(--dim); text-decoration: line-through; }
nav li a[aria-current] .topic, nav li a[aria-current] .state, nav li a[aria-current] .name { color: inherit; }
main > header p { margin: .1rem 0 0; font-size: .85rem; color: var(--dim); }
.bookmarks { display: flex; flex-wrap: wrap; gap: .9rem; }
.avatar { background: #5b2a6b; }
.avatar.webhook { background: #2a5a6b; }
.head { gap: .5rem; }
.head time, .edited { font-size: .75rem; color: var(--dim); }
.head .place { font-size: .8rem; }
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
.mention { background: var(--fresh); color: var(--link); padding: 0 .15rem; border-radius: 3px; font-weight: 500; }
code { background: var(--hover); border: 1px solid var(--line); border-radius: 4px; padding: .05rem .25rem; color: var(--code); }
blockquote { margin: .2rem 0; padding-left: .7rem; border-left: 4px solid var(--line); }
hr { border: 0; border-top: 1px solid var(--line); margin: .5rem 0; }
`,
);

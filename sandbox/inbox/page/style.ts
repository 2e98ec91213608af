import { feedStyle } from "../../feed/style";

/** The page's style sheet. */
export const style = feedStyle(
  {
    light: "--side: #f2f5f7; --here: #1f5673; --badge: #e6eaed; --bad: #b3122d;",
    dark: "--side: #1d2327; --here: #2f7194; --badge: #34383e; --bad: #ff7d92;",
  },
  `
nav h2 { font-size: .78rem; color: var(--dim); font-weight: 600; margin: .6rem 1.1rem 0; }
nav ul { padding: .25rem .5rem; }
nav li a { display: flex; gap: .5rem; justify-content: space-between; }
nav .count { padding: 0 .45rem; align-self: center; }
h1 { overflow-wrap: anywhere; }
.avatar { background: #1f5673; }
.avatar.call { background: #5a5f2a; }
.head { gap: 0 .5rem; }
.head time, .from { font-size: .78rem; color: var(--dim); }
.head a { font-size: .82rem; }
.refused { color: var(--bad); font-weight: 600; font-size: .85rem; }
.subject { font-weight: 600; }
.text { white-space: pre-line; max-width: 60rem; }
code { color: var(--dim); }
summary { cursor: pointer; color: var(--dim); font-size: .85rem; }
`,
);

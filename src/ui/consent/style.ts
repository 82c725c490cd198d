/** The consent dialog's look: one column, its answers always in view. No text is cut off; long ones wrap. */
export const CONSENT_STYLE = `
:host { display: contents; font: 400 1rem/1.5 var(--gbx-font); color: var(--gbx-ink) }
dialog {
  inline-size: min(36rem, calc(100vw - 1.5rem));
  max-inline-size: none;
  max-block-size: min(52rem, calc(100dvh - 1.5rem));
  margin: auto;
  padding: 0;
  border: 1px solid var(--gbx-line-strong);
  border-radius: calc(var(--gbx-radius) + 4px);
  background: var(--gbx-surface);
  color: var(--gbx-ink);
  font: inherit;
  overflow: auto;
  overscroll-behavior: contain;
  box-shadow: 0 30px 80px -20px rgb(0 0 0 / 55%);
}
dialog::backdrop { background: var(--gbx-backdrop) }
.header, .groups, .note { padding-inline: clamp(1rem, 4vw, 1.6rem) }
.header { padding-block: clamp(1rem, 4vw, 1.5rem) 0.9rem }
.eyebrow { font-size: 0.8125rem; font-weight: 600; color: var(--gbx-muted) }
h2 { font-size: 1.3rem; font-weight: 700; line-height: 1.3; margin-block: 0.15rem 0.8rem; overflow-wrap: anywhere }
bdi, q, code { overflow-wrap: anywhere; unicode-bidi: isolate }
h2 bdi::before { content: open-quote }
h2 bdi::after { content: close-quote }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.15rem 0.9rem; font-size: 0.875rem }
.facts dt { color: var(--gbx-muted) }
.facts dd { overflow-wrap: anywhere }
.warning { display: flex; gap: 0.45rem; margin-block-start: 0.5rem; font-size: 0.875rem; color: var(--gbx-warn) }
.warning::before { content: '\\26a0\\fe0e' / ''; flex: none }
.values .warning { margin: 0 }
.groups { display: grid; gap: 1.1rem; padding-block: 0.4rem 1.1rem }
.group { display: grid; gap: 0.55rem }
h3 { display: flex; align-items: center; gap: 0.5rem; font-size: 0.8125rem; font-weight: 700 }
h3::before { content: ''; inline-size: 0.7rem; block-size: 0.7rem; border-radius: 2px; background: currentColor; forced-color-adjust: none }
h3 .count { font-weight: 400; color: var(--gbx-muted) }
.high h3 { color: var(--gbx-bad) }
.high h3::before { rotate: 45deg }
.medium h3 { color: var(--gbx-warn) }
.low h3 { color: var(--gbx-good) }
.low h3::before { border-radius: 50% }
.permissions { display: grid; gap: 0.55rem }
.permission {
  display: grid; gap: 0.35rem; padding: 0.8rem 0.95rem; background: var(--gbx-sunken);
  border: 1px solid var(--gbx-line); border-radius: calc(var(--gbx-radius) - 4px);
}
.high .permission { border-inline-start: 4px solid var(--gbx-bad) }
.medium .permission { border-inline-start: 4px solid var(--gbx-warn) }
.low .permission { border-inline-start: 4px solid var(--gbx-good) }
.name { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.1rem 0.6rem; font-weight: 650 }
label.name { cursor: pointer }
.name input { inline-size: 1.1rem; block-size: 1.1rem; margin: 0; align-self: center; accent-color: var(--gbx-accent) }
.name code { color: var(--gbx-muted); font-weight: 400; font-size: 0.8125rem }
.why, .reason { font-size: 0.875rem }
.why { color: var(--gbx-ink) }
.reason { color: var(--gbx-muted) }
.scope { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.2rem 0.9rem; font-size: 0.875rem }
.scope dt { color: var(--gbx-muted) }
.values { display: grid; gap: 0.1rem }
.methods .values { display: flex; flex-wrap: wrap; gap: 0 0.7rem }
details { font-size: 0.875rem }
summary { cursor: pointer; color: var(--gbx-accent); padding-block: 0.15rem; inline-size: max-content }
.note { padding-block-end: 0.9rem; font-size: 0.875rem; color: var(--gbx-muted) }
.footer {
  position: sticky; inset-block-end: 0; display: grid; gap: 0.75rem; padding: 0.9rem clamp(1rem, 4vw, 1.6rem);
  background: var(--gbx-surface); border-block-start: 1px solid var(--gbx-line);
}
fieldset { display: flex; flex-wrap: wrap; gap: 0.2rem 0.95rem; align-items: center; font-size: 0.9375rem; min-inline-size: 0 }
legend { float: inline-start; inline-size: 100%; font-size: 0.875rem; color: var(--gbx-muted) }
fieldset label { display: inline-flex; align-items: center; gap: 0.4rem; min-block-size: 1.75rem; cursor: pointer }
fieldset input { accent-color: var(--gbx-accent); margin: 0; inline-size: 1.05rem; block-size: 1.05rem }
input[type=date] {
  inline-size: auto; block-size: auto; padding: 0.15rem 0.4rem; background: var(--gbx-sunken);
  border: 1px solid var(--gbx-line-strong); border-radius: 6px;
}
.below {
  position: absolute; inset: auto 0 100%; padding: 1.6rem 1rem 0.35rem; text-align: center; font-size: 0.8125rem; font-weight: 600;
  color: var(--gbx-muted); background: linear-gradient(to bottom, transparent, var(--gbx-surface) 60%); pointer-events: none;
}
.below[hidden] { display: none }
.below:not(:empty)::after { content: ' \\2193' / '' }
.answers { display: grid; grid-template-columns: 1fr 1fr; gap: 0.6rem }
.answers button {
  min-block-size: 2.75rem; padding: 0.4rem 0.8rem; border: 2px solid var(--gbx-line-strong);
  border-radius: calc(var(--gbx-radius) - 4px); background: var(--gbx-surface); font-weight: 650; cursor: pointer;
}
.answers .deny { border-color: var(--gbx-ink) }
.answers .allow { background: var(--gbx-accent); color: var(--gbx-accent-ink); border-color: var(--gbx-accent) }
.answers [aria-disabled=true] {
  cursor: progress; background: var(--gbx-sunken); color: var(--gbx-muted); border-color: var(--gbx-line-strong);
  border-style: dashed;
}
.status { font-size: 0.8125rem; color: var(--gbx-warn) }
.status:empty { display: none }
.scope:empty { display: none }
@media (width < 30rem) {
  .scope, .facts { grid-template-columns: minmax(0, 1fr); gap: 0 }
  .scope dd, .facts dd { margin-block-end: 0.3rem }
}
@media (prefers-reduced-motion: no-preference) {
  .answers button { transition: background-color 0.15s, border-color 0.15s }
}
@media (forced-colors: active) {
  .answers .allow { border-width: 3px }
  h3::before { background: CanvasText }
}
`

/** The inspector's look: it fills the width it is given, from a phone's to a wide page's. */
export const INSPECTOR_STYLE = `
:host { display: block; container-type: inline-size; font: 400 0.9375rem/1.5 var(--gbx-font); color: var(--gbx-ink) }
.inspector { background: var(--gbx-surface); border: 1px solid var(--gbx-line); border-radius: var(--gbx-radius); overflow: clip }
[role=tablist] {
  display: flex; overflow-x: auto; gap: 0.15rem; padding: 0.4rem 0.4rem 0; background: var(--gbx-sunken);
  border-block-end: 1px solid var(--gbx-line);
}
[role=tab] {
  padding: 0.5rem 0.9rem; border: 0; border-block-end: 3px solid transparent; background: none;
  color: var(--gbx-muted); font-weight: 600; white-space: nowrap; cursor: pointer;
}
[role=tab][aria-selected=true] { color: var(--gbx-ink); border-color: var(--gbx-accent) }
[role=tab]:focus-visible { outline-offset: -3px }
[role=tabpanel] { padding: 1rem }
[role=tabpanel][hidden] { display: none }
.none { color: var(--gbx-muted) }
.cards { display: grid; gap: 0.9rem; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)) }
.card {
  display: grid; gap: 0.7rem; align-content: start; min-inline-size: 0; padding: 0.9rem 1rem;
  border: 1px solid var(--gbx-line); border-radius: calc(var(--gbx-radius) - 4px);
}
.card-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.1rem 0.6rem }
h2 { font-weight: 700; overflow-wrap: anywhere }
code { overflow-wrap: anywhere; unicode-bidi: isolate }
.card-head code { color: var(--gbx-muted) }
.pill {
  margin-inline-start: auto; padding: 0 0.5rem; border: 1px solid currentColor; border-radius: 99px;
  font-size: 0.8125rem; color: var(--gbx-muted);
}
.pill[data-state=running], .pill[data-state=granted] { color: var(--gbx-good) }
.pill[data-state=denied] { color: var(--gbx-bad) }
.charts { display: grid; gap: 0.4rem }
.chart { display: grid; grid-template-columns: 6rem minmax(3rem, 1fr) 9.5rem; gap: 0.6rem; align-items: center; font-size: 0.875rem }
.chart svg { inline-size: 100%; block-size: 1.75rem; background: var(--gbx-sunken); border-radius: 4px; overflow: visible }
.chart polyline { stroke: var(--gbx-accent); stroke-width: 1.5px; stroke-linejoin: round }
.chart-label, .gauge-label { color: var(--gbx-muted) }
.chart-value, .gauge-value { text-align: end; font-variant-numeric: tabular-nums }
.calls { display: grid; gap: 0.15rem; font-size: 0.875rem; font-variant-numeric: tabular-nums }
.calls li { display: flex; flex-wrap: wrap; gap: 0 0.6rem }
.number { color: var(--gbx-muted) }
.grants { display: grid; gap: 0.6rem }
.grant { display: grid; gap: 0.15rem; padding-inline-start: 0.7rem; border-inline-start: 4px solid var(--gbx-line-strong); font-size: 0.875rem }
.grant.high { border-color: var(--gbx-bad) }
.grant.medium { border-color: var(--gbx-warn) }
.grant.low { border-color: var(--gbx-good) }
.grant-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.1rem 0.6rem; font-size: 0.9375rem }
.grant-head code, .grant-facts { color: var(--gbx-muted) }
.grant-scope { overflow-wrap: anywhere }
button:not([role=tab]) {
  justify-self: start; padding: 0.25rem 0.8rem; border: 1px solid var(--gbx-line-strong); border-radius: 7px;
  background: var(--gbx-surface); font-weight: 600; cursor: pointer;
}
button:not([role=tab]):hover { border-color: var(--gbx-accent) }
.status { font-size: 0.875rem; color: var(--gbx-warn) }
.status[data-state=good] { color: var(--gbx-good) }
.status[data-state=bad] { color: var(--gbx-bad) }
.status:empty { display: none }
.gauges { display: grid; gap: 0.45rem; font-size: 0.875rem }
.unused { font-size: 0.875rem }
.unused[hidden] { display: none }
.unused summary { inline-size: max-content; padding-block: 0.15rem; color: var(--gbx-accent); cursor: pointer }
.gauge { display: grid; grid-template-columns: 9.5rem minmax(3rem, 1fr); gap: 0 0.6rem; align-items: center }
.gauge-value { grid-column: 1 / -1; font-size: 0.8125rem; color: var(--gbx-muted) }
.meter { block-size: 0.6rem; background: var(--gbx-sunken); border: 1px solid var(--gbx-line-strong); border-radius: 99px; overflow: hidden }
.bar { display: block; block-size: 100%; background: var(--gbx-good); forced-color-adjust: none }
.meter[data-level=close] .bar { background: var(--gbx-warn) }
.meter[data-level=full] .bar { background: var(--gbx-bad) }
.filters { display: flex; flex-wrap: wrap; gap: 0.5rem 0.9rem; align-items: end; margin-block-end: 0.8rem; font-size: 0.875rem }
.filters label { display: grid; gap: 0.1rem; color: var(--gbx-muted); min-inline-size: 0 }
select {
  max-inline-size: 14rem; padding: 0.25rem 0.4rem; background: var(--gbx-surface); color: var(--gbx-ink);
  border: 1px solid var(--gbx-line-strong); border-radius: 7px;
}
.count { color: var(--gbx-muted); font-variant-numeric: tabular-nums; padding-block: 0.3rem }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin-inline-start: auto }
.list {
  block-size: 24rem; overflow: auto; overflow-anchor: none; contain: strict; border: 1px solid var(--gbx-line);
  border-radius: 8px; font-size: 0.8125rem; font-variant-numeric: tabular-nums;
}
.list .head { position: sticky; inset-block-start: 0; z-index: 1; background: var(--gbx-sunken); font-weight: 600; color: var(--gbx-muted) }
.rows { position: relative }
.rows .row { position: absolute; inset-inline: 0 }
.row {
  display: grid; grid-template-columns: 8.5rem 5.5rem 11rem minmax(0, 1fr) 9rem 4.5rem 8.5rem; gap: 0 0.8rem;
  align-items: center; block-size: 34px; padding-inline: 0.7rem; border-block-end: 1px solid var(--gbx-line);
}
.row > span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate }
.row[data-outcome=trouble] .outcome { color: var(--gbx-bad); font-weight: 600 }
.duration, .bytes { text-align: end }
.narrow .head { display: none }
.narrow .rows .row { grid-template-columns: max-content minmax(0, 1fr) max-content; block-size: 84px; align-content: center }
.narrow .outcome { grid-area: 1 / 2 / auto / -1; text-align: end }
.narrow .kind { grid-area: 1 / 1 }
.narrow .extension { grid-area: 2 / 1 / auto / 3 }
.narrow .time { grid-area: 2 / 3; color: var(--gbx-muted) }
.narrow .rows .what { grid-area: 3 / 1 / auto / -1; color: var(--gbx-muted) }
.narrow .rows .duration, .narrow .rows .bytes { display: none }
@container (width < 30rem) {
  [role=tabpanel] { padding: 0.7rem }
  .chart { grid-template-columns: 1fr auto }
  .chart svg { grid-area: 2 / 1 / auto / -1 }
  .gauge { grid-template-columns: minmax(0, 1fr) }
}
`

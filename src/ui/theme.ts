/**
 * Colours and type of the custom elements, named by their job. A page overrides them by custom properties `--glovebox-<name>` and the scheme by
 * `color-scheme`. What is used within has another prefix, so that a page's `--glovebox-ink: var(--ink)` is no circle. Text is at least 4.5:1
 * on its ground in both schemes.
 */
const TOKENS: Readonly<Record<string, string>> = {
  surface: 'light-dark(#ffffff, #141b21)',
  sunken: 'light-dark(#f4f6f7, #0e1419)',
  ink: 'light-dark(#141c22, #e7edf1)',
  muted: 'light-dark(#51606a, #9dadb7)',
  line: 'light-dark(#d5dce0, #2a3741)',
  'line-strong': 'light-dark(#76868f, #6f818c)',
  accent: 'light-dark(#2d36b8, #aeb6ff)',
  'accent-ink': 'light-dark(#ffffff, #0c1030)',
  good: 'light-dark(#0a6b43, #72dca7)',
  'good-soft': 'light-dark(#e0f4ea, #0e2f20)',
  warn: 'light-dark(#864900, #f3bf72)',
  'warn-soft': 'light-dark(#fdeed3, #352609)',
  bad: 'light-dark(#ad1f29, #ff9f9f)',
  'bad-soft': 'light-dark(#fde7e7, #3b1618)',
  backdrop: 'rgb(8 12 16 / 60%)',
  font: 'system-ui, "Segoe UI", "Liberation Sans", sans-serif',
  mono: 'ui-monospace, "Cascadia Mono", "Liberation Mono", Menlo, Consolas, monospace',
  radius: '12px',
}

export const THEME = `
:host {
  color-scheme: light dark;
${Object.entries(TOKENS).map(([name, value]) => `  --gbx-${name}: var(--glovebox-${name}, ${value});`).join('\n')}
}
:host([hidden]) { display: none }
*, *::before, *::after { box-sizing: border-box }
:where(h2, h3, p, ul, ol, dl, dd, fieldset, legend) { margin: 0; padding: 0; border: 0; font: inherit }
ul, ol { list-style: none }
code { font-family: var(--gbx-mono); font-size: 0.92em }
button, input, select { font: inherit; color: inherit }
:focus-visible { outline: 3px solid var(--gbx-accent); outline-offset: 2px }
`

/** One guest's page: its heading with the ways to the others, its figures, and its tool beside the inspector; or how to build it. */
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'
import { describeFailure } from '../failure.ts'
import { panelBody } from '../part/panel.ts'
import { panelHead } from '../part/panel-head.ts'
import { formatMs } from '../part/status.ts'
import { formatBytes, loadBuilt } from './built.ts'
import { LANGUAGES, type LanguageEntry } from './catalogue.ts'

export function languagePanel(entry: LanguageEntry, bench: Bench): HTMLElement {
  const body = el('div', { class: 'guest' }, el('p', { class: 'status' }, 'Loading.'))
  loadBuilt().then(
    (built) => {
      const { bytes = 0, how = '' } = built.get(entry.name) ?? {}
      if (bytes === 0) fill(body, notBuilt(entry, how))
      else fill(body, figures(entry, bytes, bench), panelBody({ asks: false, tool: (ready) => started(entry, ready) }, bench, async () => bench))
    },
    (error: unknown) => fill(body, el('p', { class: 'status', role: 'alert', 'data-kind': 'failed' }, describeFailure(error).message)),
  )
  return el(
    'article',
    { class: 'panel', 'aria-labelledby': 'panel-title' },
    panelHead(entry.name, entry.title, entry.line, ' Written in ', el('em', {}, entry.language), '.'),
    others(entry),
    body,
  )
}

function others(entry: LanguageEntry): HTMLElement {
  const link = ({ name, title, language }: LanguageEntry): HTMLElement =>
    el('li', {}, el('a', { href: `#${name}`, 'aria-current': name === entry.name ? 'page' : undefined }, el('span', {}, language), ` ${title}`))
  return el('nav', { class: 'others', 'aria-label': 'Guests' }, el('ul', {}, ...LANGUAGES.map(link)))
}

/** Starts it before its tool makes the first call, so that the two are timed apart. */
function started(entry: LanguageEntry, bench: Bench): HTMLElement {
  const place = el('div', {}, el('p', { class: 'status' }, 'Starting.'))
  // A start that fails shows in the tool: its first call fails the same way.
  void bench.start().catch(() => {}).then(() => fill(place, entry.tool(bench)))
  return place
}

function figures({ language, kind }: LanguageEntry, bytes: number, bench: Bench): HTMLElement {
  const [prepare, start, call] = [el('dd'), el('dd'), el('dd')]
  const draw = (): void => {
    prepare.textContent = time(bench.installMs)
    start.textContent = time(bench.startMs)
    call.textContent = time(bench.runs[0]?.ms ?? Number.NaN)
  }
  draw()
  bench.addEventListener('change', draw)
  return el(
    'dl',
    { class: 'figures' },
    ...figure('Language', el('dd', {}, language)),
    ...figure('Runs as', el('dd', {}, kind)),
    ...figure('Size', el('dd', {}, formatBytes(bytes))),
    ...figure('Installed in', prepare),
    ...figure('Started in', start),
    ...figure('Last call', call),
  )
}

function figure(term: string, detail: HTMLElement): readonly HTMLElement[] {
  return [el('div', {}, el('dt', {}, term), detail)]
}

function time(ms: number): string {
  return Number.isNaN(ms) ? '\u2013' : formatMs(ms)
}

function notBuilt({ language }: LanguageEntry, how: string): HTMLElement {
  return el(
    'div',
    { class: 'install' },
    el('p', {}, `This guest is too large to be kept with the source, and is not built here. With a toolchain for ${language} it takes seconds:`),
    el('pre', { tabindex: 0, role: 'region', 'aria-label': 'Command that builds it' }, el('code', {}, how)),
    el('p', {}, 'Then start the gallery again.'),
  )
}

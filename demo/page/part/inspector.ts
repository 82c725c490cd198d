/** What the page knows of one extension: who it is, what it may do, what it did, what it said, and which ceilings it met. */
import { cleanText, shortDigest } from 'glovebox/ui'
import type { Bench, Change } from '../bench.ts'
import { el, fill } from '../dom.ts'
import type { Extension } from '../library.ts'
import { logList } from './log-list.ts'
import { permissionList } from './permission-list.ts'
import { reportDetails } from './report.ts'
import { formatMs } from './status.ts'

export function inspector(bench: Bench, extension: Extension): HTMLElement {
  const state = el('span', { class: 'state' })
  const runs = el('ol', { class: 'runs' })
  const limits = el('ul', { class: 'limits' })
  const log = logList(bench)
  const permissions = permissionList(extension)
  const redraw: Readonly<Record<Change, () => void>> = {
    install: () => {},
    state: () => {
      state.textContent = extension.state
      state.dataset['state'] = extension.state
    },
    run: () => fill(runs, ...runItems(bench)),
    limit: () => fill(limits, ...limitItems(bench)),
    log: () => log.update(),
    permission: () => permissions.update(),
  }
  for (const draw of Object.values(redraw)) draw()
  bench.addEventListener('change', (event) => {
    if (event instanceof CustomEvent) redraw[event.detail as Change]() // Bench fires nothing else
  })
  return el(
    'aside',
    { class: 'inspector', 'aria-label': 'Inspector' },
    section('Identity', identity(extension, state)),
    section('Permissions', permissions.element),
    section('Runs', runs),
    section('Limits met', limits),
    section('Log', log.element),
    reportDetails(bench),
  )
}

function section(title: string, ...children: HTMLElement[]): HTMLElement {
  return el('section', {}, el('h2', {}, title), ...children)
}

function identity(extension: Extension, state: HTMLElement): HTMLElement {
  const { id, origin, digest, manifest } = extension
  return el(
    'dl',
    { class: 'facts' },
    ...fact('State', state),
    ...fact('Id', cleanText(id, 128)),
    ...fact('Name', el('bdi', {}, cleanText(manifest.name, 80))),
    ...fact('Version', cleanText(manifest.version, 40)),
    ...fact('From', cleanText(origin, 200)),
    ...fact('Code', el('span', { title: digest }, shortDigest(digest))),
    ...fact('Trust', el('span', { class: 'tag tag-warn' }, 'development, unsigned')),
    ...fact('Memory', manifest.lifetime === 'call' ? 'fresh for every call' : 'kept between calls'),
  )
}

function fact(term: string, detail: string | HTMLElement): readonly HTMLElement[] {
  return [el('dt', {}, term), el('dd', {}, detail)]
}

function runItems({ runs }: Bench): readonly HTMLElement[] {
  if (runs.length === 0) return [el('li', { class: 'none' }, 'Nothing ran yet.')]
  return runs.map(({ call, ms, failure }) =>
    el(
      'li',
      { 'data-failed': failure !== undefined },
      el('code', {}, call),
      el('span', { class: 'run-code' }, failure?.code ?? 'ok'),
      el('span', { class: 'run-ms' }, formatMs(ms)),
    ),
  )
}

function limitItems({ limits }: Bench): readonly HTMLElement[] {
  if (limits.length === 0) return [el('li', { class: 'none' }, 'None so far.')]
  return limits.map(({ code, message, count }) =>
    el('li', {}, el('code', { class: 'code' }, code), count > 1 ? ` ${count}\u00d7` : '', el('p', {}, message)),
  )
}

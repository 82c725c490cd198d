/** What the consent dialog shows, without its behaviour: who asks, and what for, by risk. Strangers' texts are cut, cleaned and set as text. */
import type { PromptPermission, PromptRequest } from '../../permission/prompt.ts'
import { cleanText } from '../../util/text.ts'
import { el, phrase } from '../dom.ts'
import { isPermissionName, RISK_LEVELS, riskOf, type RiskLevel } from '../risk.ts'
import { type ScopeRow, scopeRows, type ScopeValue } from '../scope-rows.ts'
import { shortDigest } from '../short-digest.ts'
import { type Suspicion, suspectName } from '../suspicion.ts'
import type { ConsentWords } from '../words.ts'

const NAME_CHARS = 80
const REASON_CHARS = 300
/** Longer lists fold behind this many. */
const SHOWN_VALUES = 6
/** Marks stacked upon one letter reach into the lines above. */
const STACKED_MARKS = /(\p{M}{2})\p{M}+/gu

export interface PermissionView {
  readonly level: RiskLevel
  readonly element: HTMLElement
  isChosen(): boolean
}

export function consentHeader({ extension, when, permissions, onBehalfOf }: PromptRequest, words: ConsentWords): HTMLElement {
  const name = strangersText(extension.name, NAME_CHARS)
  return el(
    'div', { class: 'header', part: 'header' },
    el('p', { class: 'eyebrow' }, when === 'install' ? words.whenInstall : words.whenUse),
    el('h2', { id: 'title', part: 'title' }, ...phrase(words.title(permissions.length), { name: el('bdi', {}, name) })),
    el(
      'dl', { class: 'facts', id: 'facts', part: 'facts' },
      ...fact(words.id, el('code', {}, cleanText(extension.id, 128))),
      ...fact(words.from, extension.origin === 'local' ? words.fromLocal : el('code', {}, cleanText(extension.origin, REASON_CHARS))),
      ...fact(words.code, el('code', { title: extension.digest }, shortDigest(extension.digest))),
      ...(onBehalfOf.length > 0 ? fact(words.onBehalfOf, el('code', {}, onBehalfOf.map((id) => cleanText(id, 128)).join(', '))) : []),
      ...(extension.unsigned ? fact(words.trust, words.unsigned) : []),
    ),
    ...warnings(suspectName(name), words),
  )
}

/** @param canChoose  each may be left out */
export function permissionView(
  permission: PromptPermission, { canChoose, words }: { readonly canChoose: boolean; readonly words: ConsentWords },
): PermissionView {
  const { name, scope, reason } = permission
  const risk = riskOf(name, scope)
  const { title, why } = (isPermissionName(name) ? words.permissions[name] : undefined) ?? risk
  const box = el('input', { type: 'checkbox', checked: true })
  const heading = [el('span', {}, title), el('code', {}, name)]
  const said = strangersText(reason, REASON_CHARS)
  const says = said === '' ? [words.saysNothing] : phrase(words.says, { reason: el('q', {}, el('bdi', {}, said)) })
  return {
    level: risk.level,
    isChosen: () => !canChoose || box.checked,
    element: el(
      'li', { class: 'permission', part: 'permission', 'data-permission': name },
      canChoose ? el('label', { class: 'name' }, box, ...heading) : el('p', { class: 'name' }, ...heading),
      el('dl', { class: 'scope', part: 'scope' }, ...scopeRows(name, scope, words).flatMap((row) => scopeRow(row, words))),
      el('p', { class: 'why' }, why),
      el('p', { class: 'reason', part: 'reason' }, ...says),
    ),
  }
}

/** The worst first. */
export function permissionGroups(views: readonly PermissionView[], words: ConsentWords): HTMLElement {
  const groups = RISK_LEVELS.flatMap((level) => {
    const items = views.filter((view) => view.level === level).map(({ element }) => element)
    if (items.length === 0) return []
    const list = el('ul', { class: 'permissions' }, ...items)
    const count = views.length > 1 ? el('span', { class: 'count' }, String(items.length)) : undefined
    return [el('section', { class: `group ${level}`, part: `group ${level}` }, el('h3', {}, `${words.risk[level]} `, count), list)]
  })
  return el('div', { class: 'groups' }, ...groups)
}

function scopeRow({ label, values: all }: ScopeRow, words: ConsentWords): readonly HTMLElement[] {
  // What has a warning is never folded away behind harmless ones.
  const values = [...all].sort((a, b) => Number(b.suspicions.length > 0) - Number(a.suspicions.length > 0))
  const shown = Math.max(SHOWN_VALUES, values.filter(({ suspicions }) => suspicions.length > 0).length)
  const items = values.map((value) => scopeItem(value, words))
  const rest = items.slice(shown)
  return [el('dt', {}, words.scope[label]), el(
    'dd', { class: label },
    el('ul', { class: 'values' }, ...items.slice(0, shown)),
    rest.length > 0 ? el('details', {}, el('summary', {}, words.more(rest.length)), el('ul', { class: 'values' }, ...rest)) : undefined,
  )]
}

function scopeItem({ text, isProse, suspicions }: ScopeValue, words: ConsentWords): HTMLElement {
  return el('li', {}, isProse ? text : el('code', {}, text), ...warnings(suspicions, words))
}

function warnings(suspicions: readonly Suspicion[], words: ConsentWords): readonly HTMLElement[] {
  return suspicions.map((suspicion) => el('p', { class: 'warning', part: 'warning', 'data-suspicion': suspicion }, words.suspicion[suspicion]))
}

function fact(term: string, detail: Node | string): readonly HTMLElement[] {
  return [el('dt', {}, term), el('dd', {}, detail)]
}

function strangersText(text: string, maxChars: number): string {
  return cleanText(text, maxChars).replace(STACKED_MARKS, '$1')
}

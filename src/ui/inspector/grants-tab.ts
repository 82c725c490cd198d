/** What each extension may do, since when and until when, with the way to take it back. */
import type { PermissionGrant, PermissionStatus } from '../../permission/status.ts'
import { el } from '../dom.ts'
import { riskOf } from '../risk.ts'
import { scopeRows } from '../scope-rows.ts'
import { CONSENT_WORDS } from '../words.ts'
import type { InspectedExtension } from './box.ts'
import { formatTime } from './format.ts'
import { type Card, cardHead, cardsTab, type Tab } from './tab.ts'
import type { InspectorWords } from './words.ts'

export function grantsTab(words: InspectorWords): Tab {
  return cardsTab(words, (extension) => grantsCard(extension, words))
}

function grantsCard(extension: InspectedExtension, words: InspectorWords): Card {
  const items = el('ul', { class: 'grants' })
  const status = el('p', { class: 'status', role: 'status' })
  let shown = ''
  const revoke = async (name: PermissionStatus['name']): Promise<void> => {
    status.textContent = ''
    await extension.permissions.revoke(name).catch((error: unknown) => {
      status.textContent = `${words.failed} ${error instanceof Error ? error.message : String(error)}`
    })
    update(extension)
    items.querySelector<HTMLElement>(`[data-permission="${name}"]`)?.focus()
  }
  const update = (current: InspectedExtension): void => {
    const [statuses, grants] = [current.permissions.query(), current.permissions.grants()]
    // Nothing changed: the buttons stay, and with them the focus.
    const next = JSON.stringify([statuses, grants])
    if (next === shown) return
    shown = next
    const lines = statuses.map((one) => grantItem(one, grants.filter(({ name }) => name === one.name), { words, revoke }))
    items.replaceChildren(...(lines.length > 0 ? lines : [el('li', { class: 'none' }, words.noPermissions)]))
  }
  return {
    element: el('section', { class: 'card', part: 'card' }, cardHead(extension), items, status),
    update: async (current) => update(current),
  }
}

interface ItemOptions {
  readonly words: InspectorWords
  readonly revoke: (name: PermissionStatus['name']) => Promise<void>
}

/** @param grants  of that permission: several where the policy grants parts, which end together */
function grantItem({ name, scope, state }: PermissionStatus, grants: readonly PermissionGrant[], { words, revoke }: ItemOptions): HTMLElement {
  const { level, title } = riskOf(name, scope)
  const [grant] = grants
  const textOf = (shown: PermissionStatus['scope']): string => scopeRows(name, shown, CONSENT_WORDS)
    .map(({ label, values: list }) => `${CONSENT_WORDS.scope[label]}: ${list.map(({ text }) => text).join(', ')}`).join('; ')
  const scopes = grant === undefined ? [scope] : grants.map((one) => one.scope)
  const lasts = grant && (grant.expiresAt === null ? words.duration[grant.duration] : words.until(formatTime(grant.expiresAt)))
  const pill = el('span', { class: 'pill', 'data-state': state }, words.permission[state])
  return el(
    'li', { class: `grant ${level}`, 'data-permission': name, 'data-state': state, tabindex: -1 },
    el('p', { class: 'grant-head' }, el('strong', {}, title), el('code', {}, name), pill),
    ...scopes.map((one) => el('p', { class: 'grant-scope' }, textOf(one))),
    grant && el('p', { class: 'grant-facts' }, `${words.by[grant.by]}, ${lasts}`),
    grant && el('button', { type: 'button', part: 'revoke', 'aria-label': `${words.revoke} ${name}`, onclick: () => void revoke(name) },
      words.revoke),
  )
}

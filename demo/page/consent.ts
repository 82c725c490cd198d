/**
 * The consent dialog: who asks, for what exactly, and four answers. Names and reasons are a stranger's text and shown as such, quoted and
 * with hidden characters made visible. Buttons wake up after a moment, so that a click meant for the page below answers nothing;
 * Escape is "deny".
 */
import { el } from './dom.ts'
import { shortDigest, visible } from './hostile-text.ts'
import type { Decision, PromptRequest } from './library.ts'

type Asked = PromptRequest['permissions'][number]

const ANSWERS: readonly { readonly decision: Decision; readonly label: string; readonly hint: string }[] = [
  { decision: 'deny', label: 'Deny', hint: 'nothing is granted' },
  { decision: 'once', label: 'Once', hint: 'for one use' },
  { decision: 'session', label: 'This session', hint: 'until this page closes' },
  { decision: 'always', label: 'Always', hint: 'until you revoke it' },
]
const ARMING_MS = 400

/** Asks the user; one decision per permission, in order. Aborting closes the dialog and denies. */
export function askForConsent(request: PromptRequest, { signal }: { readonly signal: AbortSignal }): Promise<Decision[]> {
  return new Promise((resolve) => {
    const items = request.permissions.map((permission, index) => permissionItem(permission, index, request.permissions.length > 1))
    const before = document.activeElement
    const dialog = el('dialog', { class: 'consent', 'aria-labelledby': 'consent-title', 'aria-describedby': 'consent-who' })
    const settle = (decision: Decision): void => {
      resolve(items.map(({ isChosen }) => (isChosen() ? decision : 'deny')))
      dialog.close()
      dialog.remove()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
    const buttons = ANSWERS.map(({ decision, label, hint }) =>
      el(
        'button',
        { type: 'button', class: `answer answer-${decision}`, disabled: true, onclick: () => settle(decision) },
        el('span', { class: 'answer-label' }, label),
        el('span', { class: 'answer-hint' }, hint),
      ),
    )
    dialog.append(
      ...consentBody(request),
      el('ul', { class: 'asked' }, ...items.map(({ element }) => element)),
      el('div', { class: 'answers', role: 'group', 'aria-label': 'Your answer' }, ...buttons),
    )

    dialog.addEventListener('cancel', (event) => {
      event.preventDefault()
      settle('deny')
    })
    signal.addEventListener('abort', () => settle('deny'), { once: true })
    document.body.append(dialog)
    dialog.showModal()
    dialog.querySelector<HTMLElement>('h2')?.focus()
    setTimeout(() => arm(buttons), ARMING_MS)
  })
}

function arm(buttons: readonly HTMLButtonElement[]): void {
  for (const button of buttons) button.disabled = false
  buttons[0]?.focus()
}

function consentBody({ extension, when, permissions }: PromptRequest): readonly HTMLElement[] {
  const asks = permissions.length === 1 ? 'a permission' : `${permissions.length} permissions`
  return [
    el('p', { class: 'eyebrow' }, when === 'install' ? 'Before it is installed' : 'While it runs'),
    el('h2', { id: 'consent-title', tabindex: -1 }, el('bdi', {}, `\u201c${visible(extension.name, 80)}\u201d`), ` asks for ${asks}`),
    el(
      'dl',
      { class: 'facts', id: 'consent-who' },
      ...fact('Id', visible(extension.id, 128)),
      ...fact('From', visible(extension.origin, 200)),
      ...fact('Code', shortDigest(extension.digest), extension.digest),
      ...(extension.unsigned ? fact('Trust', 'Unsigned, accepted for development') : []),
    ),
  ]
}

function fact(term: string, detail: string, title?: string): readonly HTMLElement[] {
  return [el('dt', {}, term), el('dd', { title }, detail)]
}

function permissionItem(permission: Asked, index: number, canChoose: boolean): { element: HTMLElement; isChosen(): boolean } {
  const box = el('input', { type: 'checkbox', id: `asked-${index}`, checked: true })
  const name = el('code', {}, permission.name)
  return {
    isChosen: () => !canChoose || box.checked,
    element: el(
      'li',
      {},
      canChoose ? el('label', { for: box.id, class: 'asked-name' }, box, name) : el('p', { class: 'asked-name' }, name),
      el('p', { class: 'asked-scope' }, describeScope(permission)),
      el('p', { class: 'asked-reason' }, 'It says: ', el('q', {}, visible(permission.reason, 240))),
    ),
  }
}

/** The scope exactly, in words. */
export function describeScope({ name, scope }: Pick<Asked, 'name' | 'scope'>): string {
  if ('origins' in scope) {
    const verb = name === 'http:write' ? 'Send data to' : 'Read from'
    return `${verb} ${scope.origins.join(', ')}${scope.redirects ? ', following redirects' : ''}`
  }
  if ('directories' in scope) return `${name === 'file:write' ? 'Keep' : 'Read'} files of its own in ${scope.directories.join(', ')}`
  if ('prefixes' in scope) {
    const verb = name === 'storage:write' ? 'Store' : 'Read stored'
    return `${verb} values under ${scope.prefixes.map((prefix) => (prefix === '' ? 'any key' : `\u201c${prefix}\u201d`)).join(', ')}`
  }
  const names = Object.values(scope).flat().filter((value) => typeof value === 'string')
  return `${name}${names.length > 0 ? `: ${names.join(', ')}` : ''}`
}

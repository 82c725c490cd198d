/** Every permission with its state and the way to change it: revoke what is granted, ask for what is not. */
import { cleanText } from 'glovebox/ui'
import { el, fill } from '../dom.ts'
import { describeFailure } from '../failure.ts'
import type { Extension } from '../library.ts'
import { describeScope } from './scope.ts'

type Shown = ReturnType<Extension['permissions']['query']>[number]

const STATES: Readonly<Record<Shown['state'], string>> = { granted: 'granted', denied: 'denied', prompt: 'asks first' }

export function permissionList(extension: Extension): { readonly element: HTMLElement; update(): void } {
  const items = el('ul', { class: 'permissions' })
  const note = el('p', { class: 'status', role: 'status' })
  const act = async (work: () => unknown, name: string): Promise<void> => {
    try {
      await work()
      fill(note)
    } catch (error) {
      const { code, message } = describeFailure(error)
      fill(note, el('code', { class: 'code' }, code), ' ', message)
    }
    update()
    items.querySelector<HTMLElement>(`[data-permission="${name}"] button`)?.focus()
  }
  const update = (): void => {
    const permissions = extension.permissions.query()
    if (permissions.length === 0) fill(items, el('li', { class: 'none' }, 'It asked for none, and has none.'))
    else fill(items, ...permissions.map((permission) => permissionItem(extension, permission, act)))
  }
  update()
  return { element: el('div', {}, items, note), update }
}

function permissionItem(extension: Extension, permission: Shown, act: (work: () => unknown, name: string) => Promise<void>): HTMLElement {
  const { name, state, required } = permission
  const button =
    state === 'granted'
      ? el(
          'button',
          {
            type: 'button',
            class: 'quiet small',
            'aria-label': `Revoke ${name}`,
            onclick: () => void act(() => extension.permissions.revoke(name), name),
          },
          'Revoke',
        )
      : el(
          'button',
          {
            type: 'button',
            class: 'quiet small',
            'aria-label': `Request ${name}`,
            onclick: () => void act(() => extension.permissions.request(name), name),
          },
          'Request',
        )
  return el(
    'li',
    { 'data-permission': name, 'data-state': state },
    el('p', { class: 'permission-head' }, el('code', {}, name), el('span', { class: `pill pill-${state}` }, STATES[state])),
    el('p', { class: 'permission-scope' }, cleanText(describeScope(permission), 300), required ? '' : ' (optional)'),
    button,
  )
}

/** The built library by a script tag: everything of the modules, the custom elements included. */
import { afterEach, expect, onTestFinished, test } from 'vitest'
import type * as Library from 'glovebox'
import type * as Ui from 'glovebox/ui'
import { pkg, uniqueName } from './box-harness.ts'

const STORE = { name: 'storage:read', scope: { prefixes: ['notes/'] }, reason: 'to read notes' }

async function loadScript(): Promise<typeof Library & typeof Ui> {
  const script = document.createElement('script')
  script.src = `${location.origin}/dist/glovebox.iife.js`
  const loaded = new Promise((resolve, reject) => {
    script.onload = resolve
    script.onerror = reject
  })
  document.head.append(script)
  await loaded
  return Reflect.get(globalThis, 'Glovebox')
}

afterEach(() => document.querySelectorAll('glovebox-consent, glovebox-inspector').forEach((element) => element.remove()))

test('a script tag brings the dialog that asks, and the inspector', async () => {
  const { consentDialog, createGlovebox, GloveboxInspector } = await loadScript()
  const box = await createGlovebox({ trust: { kind: 'development' }, prompt: consentDialog(), store: 'memory', console: 'off', name: uniqueName() })
  onTestFinished(() => box.dispose())
  const installing = box.install(pkg('export const one = () => 1', { permissions: [STORE] })).catch((error: unknown) => error)
  const dialog = (): HTMLDialogElement | null | undefined => document.querySelector('glovebox-consent')?.shadowRoot?.querySelector('dialog')
  await expect.poll(() => dialog()?.textContent).toContain('notes/')
  dialog()?.close()

  expect(await installing).toMatchObject({ code: 'permission-denied' })
  const inspector = new GloveboxInspector()
  inspector.box = box
  document.body.append(inspector)
  expect(inspector.shadowRoot?.querySelectorAll('[role=tab]').length).toBe(4)
})
